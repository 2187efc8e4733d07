"""One cell of a film table → a clean value. A cell is a text, or whatever JSON had in its place."""

import ast
import html
import json
import math
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from cinema.models import Genre, Movie

# How tables write “nothing”. A title may be one of the words (“Unknown” is a film), but none of the nulls.
NULLS = frozenset(["", r"\n", "nan", "nat", "null", "none", "n/a", "#n/a"])
WORDS_FOR_NOTHING = "- -- – — ? na nil unknown undefined tbd tba unrated"
NOTHING = NULLS | {*WORDS_FOR_NOTHING.split(), "not rated", "not available", "(no genres listed)"}

LONGEST_RUNTIME = 1000  # minutes
LONGEST_LITERAL = 1_000_000  # characters of Python; reading them takes a hundred times the memory
LONGEST_SYNOPSIS = 10_000  # characters; more is another thing than a synopsis

UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
ENTITY = re.compile(r"&(?:#\w{1,8}|\w{2,31});")
TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
NUMBER = r"\d+(?:\.\d+|,\d{1,2})?"
LENGTH = re.compile(
    rf"(?:pt)?\s*(?:(?P<hours>{NUMBER})\s*h(?:rs?|ours?)?\.?)?[\s,]*(?:and\s)?\s*"
    rf"(?:(?P<minutes>{NUMBER})\s*(?:m(?:in[a-z]*)?\.?|['′’])?)?[\s,]*(?:\d+\s*s(?:ec[a-z]*)?\.?)?"
)
CLOCK = re.compile(r"(?P<hours>\d{1,2}):(?P<minutes>[0-5]\d)(?::[0-5]\d(?:\.\d+)?)?")
SCORE = re.compile(rf"({NUMBER})\s*(?:/\s*([1-9]\d*)|(%))?")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


class Unusable(ValueError):
    """A cell does not hold what its column is for. ``reason`` is a phrase, ``value`` the beginning of the cell."""

    def __init__(self, reason: str, value: Any = "") -> None:
        shown = " ".join((text(value) or repr(value)).split()) if value else ""
        self.reason, self.value = reason, Truncator(shown).chars(60)
        super().__init__(reason)


def text(cell: Any) -> str:
    """Return ``cell`` as text that every database can store: 1917.0 is “1917”; a structure or NaN is “”."""
    if isinstance(cell, str) and cell.isascii() and cell.isprintable() and "&" not in cell:
        return cell.strip()  # most cells
    if isinstance(cell, list) and len(cell) == 1:
        cell = cell[0]
    if isinstance(cell, float):
        cell = "" if not math.isfinite(cell) else int(cell) if cell.is_integer() else cell
    if cell is None or isinstance(cell, bool | list | dict):
        return ""
    found = ENTITY.sub(lambda entity: html.unescape(entity[0]), str(cell))
    return unicodedata.normalize("NFC", UNSTORABLE.sub("", found)).strip()


def line(cell: Any) -> str:
    """Return ``cell`` as text of one line."""
    return " ".join(text(cell).split())


def is_blank(cell: Any, nothing: frozenset[str] = NOTHING) -> bool:
    """Tell whether the table says nothing here."""
    if isinstance(cell, dict) or (isinstance(cell, list) and len(cell) != 1):
        return not cell
    return text(cell).casefold() in nothing


def title(cell: Any) -> str:
    """Numbers are titles (1917, 300); punctuation alone is none."""
    found = line(cell)
    if found.casefold() in NULLS or not any(unicodedata.category(c)[0] in "LN" or c == "$" for c in found):
        raise Unusable(_("no title"), found)
    return _fitting(found, Movie, "title")


def original_title(cell: Any) -> str:
    """The title in the film's own language, cut to what is stored; empty when there is none."""
    return _fitting(line(cell), Movie, "original_title")


def runtime(cell: Any) -> int:
    """Return minutes: “142”, “142 min”, “2h 22m”, “2:22”, “PT2H22M”."""
    found = text(cell).casefold()
    length = re.split(r"[(|/]", found)[0].strip()  # “142 min (director's cut: 160 min)”
    match = CLOCK.fullmatch(length) or LENGTH.fullmatch(length) if len(length) < 40 else None
    if not match or not any(match.groupdict().values()):
        raise Unusable(_("no runtime"), found)
    hours, minutes = (float((match[unit] or "0").replace(",", ".")) for unit in ("hours", "minutes"))
    total = int(hours * 60 + minutes + 0.5)
    if total == 0:
        raise Unusable(_("no runtime"), found)
    if total > LONGEST_RUNTIME:
        raise Unusable(_("runtime is not between 1 and 1000 minutes"), found)
    return total


def rating(cell: Any) -> Decimal:
    """Return 0 to 10 from “8.1”, “8,1”, “8.1/10”, “4/5” or “81%”."""
    if match := SCORE.fullmatch(text(cell)):
        score, best, percent = match.groups()
        value = Decimal(score.replace(",", ".")) * 10 / Decimal(100 if percent else best or 10)
        if value <= 10:
            return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
    raise Unusable(_("rating is not from 0 to 10"), cell)


def is_number(cell: Any) -> bool:
    """Whether the cell holds a score rather than a certificate, both of which tables call “rating”."""
    return bool(SCORE.fullmatch(text(cell)))


def certificate(cell: Any) -> str:
    """Return “PG-13” from “pg-13”, “Rated PG-13 for violence” or “PG-13 (parents strongly cautioned)”."""
    found = line(cell)
    if found.casefold() in {"nr", "ur"}:  # not rated; elsewhere UR is Urdu
        return ""
    mark = re.sub(r"^rated (\S+)( for\b.*)?$|\s*\(.*\)$", r"\1", found, flags=re.IGNORECASE)
    if re.search(r"^\d+[.,/%]|\d ?min", mark) or len(mark) > Movie._meta.get_field("certificate").max_length:
        raise Unusable(_("certificate not understood"), found)
    return mark.upper() if len(mark) <= 5 else mark


def names(cell: Any, marks: str = "|;/,\n") -> list[str]:
    """Return the names in a list, in JSON or Python text of one, or in a text with one of ``marks`` between them."""
    items = _structure(cell.strip()) if isinstance(cell, str) and cell.strip()[:1] in {"[", "{"} else cell
    if isinstance(items, dict):
        items = [items]
    if not isinstance(items, list):
        items = re.split(f"[{marks}]", text(items))
    found = (line(_name(item)) for item in items)
    return list({name.casefold(): name for name in found if name.casefold() not in NOTHING}.values())


def _structure(cell: str) -> Any:
    """Read JSON, a Python literal, or names in bare brackets."""
    try:
        return json.loads(cell, strict=False)
    except (ValueError, RecursionError):
        pass
    if len(cell) > LONGEST_LITERAL:
        return ""
    try:
        found = ast.literal_eval(re.sub(r"(?<=['\"])\s+(?=['\"])", ", ", cell))  # NumPy prints no commas
        return sorted(found, key=str) if isinstance(found, set) else found
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return cell.strip("[]{}").replace("'", "").replace('"', "")


def _name(item: Any) -> Any:
    """The name in {"id": 28, "name": "Action"}; of a film's crew only the directors'."""
    if not isinstance(item, dict):
        return item
    if item.get("job", "Director") != "Director":
        return None
    return next((item[key] for key in ("iso_639_1", "english_name", "name") if item.get(key)), None)


def genre(name: str) -> str:
    """Write every genre alike: “sci-fi” and “SCI-FI” are “Sci-Fi”, “TV Movie” stays."""
    if not WORD.search(name):
        raise Unusable(_("genre not understood"), name)
    shouted = name.isupper()
    name = WORD.sub(lambda word: word[0] if word[0].isupper() and not shouted else word[0].capitalize(), name)
    return _fitting(name, Genre, "name")


def director(cell: Any) -> str:
    """The directors' names in one line, cut to what is stored."""
    return _fitting(", ".join(names(cell, marks="|;\n")), Movie, "director")


def synopsis(cell: Any) -> str:
    """Plain text: tags go, entities become what they stand for, paragraphs stay."""
    found = text(TAG.sub(lambda tag: "\n" if tag[0].lower().startswith(("<br", "</p")) else "", text(cell)))
    found = re.sub(r"[^\S\n]+", " ", found.replace("\r\n", "\n"))
    return found if len(found) <= LONGEST_SYNOPSIS else found[: LONGEST_SYNOPSIS - 1].rstrip() + "…"


def _fitting(value: str, model: type, field: str) -> str:
    length = model._meta.get_field(field).max_length
    if len(value) > length:
        raise Unusable(_("%(field)s is longer than %(length)d characters") % {"field": field, "length": length}, value)
    return value
