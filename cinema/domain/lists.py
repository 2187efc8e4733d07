"""Lists in words, with the commas and the “and” of each language."""

from collections.abc import Iterable
from typing import Literal

from babel.lists import format_list
from django.utils.translation import pgettext

from cinema.domain.languages import customs


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
    return format_list([str(part) for part in parts], style, customs())
