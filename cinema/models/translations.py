"""Texts that moviegoers read, in other languages than the site's own.

A text such as the title of a film is stored in the site's language, and in a column beside it in others:
``title_translations`` is {"de": "…"}. So a list without synopses is without them in every language.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import get_language, get_language_info

from cinema.domain.languages import NAMES, fallbacks

Translations = Mapping[str, str]  # texts by the codes of their languages


def translations_field() -> "models.JSONField[Any, Any]":
    """The column for the translations of another one, which is called as this is without “_translations”."""
    return models.JSONField(default=dict, db_default={}, blank=True, editable=False)


def other_languages(*stored: Translations) -> dict[str, str]:
    """The names of the languages in which texts are entered beside the site's own, by their codes.

    The site's own is one of them where translations are ``stored`` in it, as it has been another one then.
    """
    own = {
        code
        for code in fallbacks(settings.LANGUAGE_CODE, settings.LANGUAGE_CODE)
        if any(code in each for each in stored)
    }
    offered = {code: name for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE}
    return {code: NAMES.get(code, code) for code in sorted(own)} | offered


def shared_translation(texts: Translations, others: Iterable[Translations]) -> str:
    """A text that is one of the ``others`` in the same language, whatever its case; "" if there is none."""
    taken = {(code, text.casefold()) for translations in others for code, text in translations.items()}
    return next((text for code, text in texts.items() if (code, text.casefold()) in taken), "")


def direction_of(code: str) -> str:
    """How a language is written, as in HTML: “rtl” or “ltr”."""
    return "rtl" if get_language_info(code)["bidi"] else "ltr"


class LocalText(str):
    """A text in the language of the page if there is one, with the ``language`` in which it is."""

    language: str

    @classmethod
    def of(cls, text: str, translations: Translations) -> "LocalText":
        """The text in the first of the languages that the page falls back to, else as it is stored itself."""
        own = settings.LANGUAGE_CODE
        found, language = text, own
        if translations:
            wanted = fallbacks(get_language() or own, own)
            language = next((code for code in wanted if translations.get(code)), own)
            found = translations.get(language) or text
        return cls._in(found, language)

    @classmethod
    def joined(cls, texts: Sequence["LocalText"], between: str) -> "LocalText":
        """Several texts as one; its language is theirs, or the site's own if they have different ones."""
        languages = {text.language for text in texts}
        return cls._in(between.join(texts), languages.pop() if len(languages) == 1 else settings.LANGUAGE_CODE)

    @classmethod
    def _in(cls, text: str, language: str) -> "LocalText":
        local = cls(text)
        local.language = language
        return local


class LocalTexts:
    """The translated texts of a row, by the names of their fields: ``movie.localized.title``."""

    def __init__(self, row: models.Model) -> None:
        self._row = row

    def __getattr__(self, name: str) -> LocalText:
        return LocalText.of(getattr(self._row, name), getattr(self._row, f"{name}_translations"))


class LocalizedMixin:
    """A model with translated texts."""

    @property
    def localized(self) -> LocalTexts:
        return LocalTexts(self)  # type: ignore[arg-type] # which is a model
