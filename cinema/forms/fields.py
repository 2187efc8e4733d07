"""Fields that several forms have."""

from typing import Any

from django import forms


class NameField(forms.CharField):
    """A person's name, on one line: it stands in mails, where further lines would read as our own words."""

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())
