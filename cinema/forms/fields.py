"""Fields that several forms have."""

from typing import Any

from django import forms

LONGEST_KEY = 18  # digits of a primary key
LONGEST_ADDRESS = 254  # letters of an e-mail address, as the models keep it; Django's forms take more
# Signs that nobody sees: they turn the rest of a line around, or make two names of one.
UNSEEN = dict.fromkeys([0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class OneLineField(forms.CharField):
    """A text whose lines and runs of spaces become single spaces, without UNSEEN signs."""

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).translate(UNSEEN).split())


class NameField(OneLineField):
    """A person's name, on one line: it stands in mails, where further lines would read as our own words."""


class VersionedForm(forms.Form):
    """A form for something that others may have open, too: it carries the version that was opened."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def reopen(self, version: int) -> None:
        """Keep what was entered, but take the thing as opened at ``version``, so that it can be saved on purpose."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(version)


class SeveralOfField(forms.ModelMultipleChoiceField):
    """Rows by their keys. One that no database could hold is no choice, where SQLite would stumble over it."""

    def _check_values(self, value: Any) -> Any:
        for key in value:
            if not str(key).isdecimal() or len(str(key)) > LONGEST_KEY:
                raise forms.ValidationError(self.error_messages["invalid_choice"] % {"value": key})
        return super()._check_values(value)
