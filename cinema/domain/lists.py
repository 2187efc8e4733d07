"""Lists in words, with the commas and the “and” of each language."""

from collections.abc import Iterable
from typing import Literal

from babel.lists import format_list
from django.conf import settings
from django.utils.translation import get_language, pgettext, to_locale


def comma() -> str:
    """What stands between the parts of a list."""
    return pgettext("between the parts of a list", ", ")


def listed(parts: Iterable[object]) -> str:
    """The parts one after the other, without the empty ones: “Mon, Tue, Wed”."""
    return comma().join(filter(None, (str(part) for part in parts if part)))


def sentences(parts: Iterable[object]) -> str:
    """Whole sentences one after the other, without the empty ones."""
    return " ".join(filter(None, (str(part) for part in parts if part)))


def and_list(parts: Iterable[object]) -> str:
    """The parts within a sentence: “Mon, Tue and Wed”."""
    return _formatted(parts, "standard")


def or_list(parts: Iterable[object]) -> str:
    """The parts within a sentence: “Mon, Tue or Wed”."""
    return _formatted(parts, "or")


def _formatted(parts: Iterable[object], style: Literal["standard", "or"]) -> str:
    locale = to_locale(get_language() or settings.LANGUAGE_CODE)
    # That of Britain has no comma before “and”, as in all our texts.
    return format_list([str(part) for part in parts], style, "en_GB" if locale == "en" else locale)
