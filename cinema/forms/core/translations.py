"""Fields for the translations of texts."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.db.models import Model

from cinema.models.translations import Translations, direction_of, other_languages


@dataclass(frozen=True)
class LanguagePart:
    """The fields of a form in one language, with its own ``name``."""

    code: str
    name: str
    fields: list[forms.BoundField]

    @property
    def has_errors(self) -> bool:
        return any(field.errors for field in self.fields)


class TranslatedForm(forms.Form):
    """A form whose ``translated`` fields can be filled in for each other language, too: “title_de” for “title”."""

    translated: ClassVar[Sequence[str]] = ()
    _stored: Mapping[str, Translations]
    _languages: dict[str, str]

    def add_languages(self, row: Model | None) -> None:
        """Add the fields of each language, with the translations of ``row``."""
        self.add_translations({name: getattr(row, f"{name}_translations") if row else {} for name in self.translated})

    def add_translations(self, stored: Mapping[str, Translations]) -> None:
        """Add the fields of each language for the fields that ``stored`` names, with their translations."""
        self._stored, self._languages = stored, other_languages(*stored.values())
        for code, language in self._languages.items():
            for name in stored:
                self.fields[f"{name}_{code}"] = self._field(name, code, language)

    def _field(self, name: str, code: str, language: str) -> forms.Field:
        field = deepcopy(self.fields[name])
        field.required, field.help_text, field.initial = False, "", self._stored[name].get(code, "")
        field.label = f"{field.label} ({language})"
        field.widget.is_required = False
        field.widget.attrs |= {"lang": code, "dir": direction_of(code)}
        return field

    @property
    def language_parts(self) -> list[LanguagePart]:
        """The fields of each language beside the site's own."""
        return [
            LanguagePart(code, name, [self[f"{field}_{code}"] for field in self._stored])
            for code, name in self._languages.items()
        ]

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """The fields that are no translations."""
        others = {f"{name}_{code}" for name in self._stored for code in self._languages}
        return [field for field in self if field.name not in others]

    @property
    def translations(self) -> dict[str, Any]:
        """The translations by the names of their columns. Those in languages that are not offered stay."""
        return {f"{name}_translations": self.translations_of(name) for name in self._stored}

    def translations_of(self, name: str) -> dict[str, str]:
        """The translations of a field."""
        found: dict[str, str] = {**self._stored[name]}
        for code in self._languages:
            found[code] = self.cleaned_data[f"{name}_{code}"]
        return {code: text for code, text in found.items() if text}
