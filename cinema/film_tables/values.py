"""Parsers for the cells of a film table. A cell is a text or, from JSON, any JSON value."""

import ast
import html
import json
import math
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import CharField, Model
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from cinema.domain.texts import visible
from cinema.film_tables.vocabulary import without_blanks, word_list
from cinema.models import Format, Genre, Movie
from cinema.models.movies import is_trailer

# How tables write an empty cell. A title may be one of the words (“Unknown” is a film), but none of NULLS.
NULLS = frozenset(["", r"\n", "nan", "nat", "null", "none", "n/a", "#n/a", "k.a"])
NOTHING = NULLS | word_list("nothing") | word_list("unrated") | {"-", "--", "–", "—", "?"}
LONGEST_NOTHING = 40  # characters

LONGEST_LITERAL = 100_000  # characters of a Python literal; parsing takes a hundred times the memory
LONGEST_SYNOPSIS = 10_000  # characters; the rest is cut
LONGEST_LINE = 2_000  # characters of a value on one line
MOST_NAMES, MOST_KINDS = 200, 30  # in a cast; genres or languages of a film

UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
ENTITY = re.compile(r"&(?:#\w{1,8}|\w{2,31});")
TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
NUMBER = r"\d{1,12}(?:\.\d{1,20}|,\d{1,2})?"
SCORE = re.compile(rf"({NUMBER})\s*(?:/\s*([1-9]\d{{0,3}})|(%))?")
MARK = re.compile(  # PG-13, TV-MA, U/A 16+, FSK 12, ab 12, 16+
    r"[A-Z][A-Z0-9+/ -]{0,11}|\d{1,2}[A-Z+][A-Z+]?|(?:FSK|ab|od|от|K) ?-?\d{1,2}|Approved|Passed|Btl|o\. ?A\.?"
)
FORMAT = re.compile(r"\b2D\b|\b3D\b|\bIMAX\b|\bAtmos\b", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


class Unusable(ValueError):
    """A cell or row cannot be used. ``reason`` is a phrase for people, ``value`` the beginning of the cell."""

    def __init__(self, reason: str, value: Any = "") -> None:
        shown = " ".join((text(value) or repr(value))[:LONGEST_LINE].split())[:200] if value else ""
        self.reason, self.value = reason, Truncator(shown).chars(60)
        super().__init__(reason)


def text(cell: Any) -> str:
    """Return ``cell`` as visible text that every database can store: “1917” for 1917.0, "" for a structure or NaN."""
    if isinstance(cell, str) and cell.isascii() and cell.isprintable() and "&" not in cell:
        return cell.strip()  # most cells
    if isinstance(cell, list) and len(cell) == 1:
        cell = cell[0]
    if isinstance(cell, float):
        cell = "" if not math.isfinite(cell) else int(cell) if cell.is_integer() else cell
    if cell is None or isinstance(cell, bool | list | dict):
        return ""
    found = ENTITY.sub(lambda entity: html.unescape(entity[0]), str(cell))
    return visible(UNSTORABLE.sub("", found)).strip()


def line(cell: Any) -> str:
    """Return ``cell`` as text on one line, cut to LONGEST_LINE."""
    return " ".join(text(cell)[:LONGEST_LINE].split())


def is_blank(cell: Any, nothing: frozenset[str] = NOTHING) -> bool:
    """Whether a cell is empty or one of the words for that."""
    if isinstance(cell, dict) or (isinstance(cell, list) and len(cell) != 1):
        return not cell
    if isinstance(cell, str) and len(cell) > LONGEST_NOTHING:
        return not cell.strip()
    found = text(cell).casefold()
    return found in nothing or (nothing is NOTHING and without_blanks(found) in nothing)


def title(cell: Any) -> str:
    """Return a title. Numbers are titles (1917, 300). Raises Unusable for an empty cell or punctuation alone."""
    found = line(cell)
    if found.casefold() in NULLS or not any(unicodedata.category(c)[0] in "LN" or c == "$" for c in found):
        raise Unusable(_("no title"), found)
    return _fitting(found, Movie, "title")


def original_title(cell: Any) -> str:
    """The title in the original language, "" if there is none. Raises Unusable if it is too long."""
    return _fitting(line(cell), Movie, "original_title")


def rating(cell: Any) -> Decimal | None:
    """Return 0.1 to 10 from “8.1”, “8,1”, “8.1/10”, “4/5” or “81%”; None for 0 (no votes). Raises Unusable."""
    if match := SCORE.fullmatch(text(cell)):
        score, best, percent = match.groups()
        value = Decimal(score.replace(",", ".")) * 10 / Decimal(100 if percent else best or 10)
        if value <= 10:
            return value.quantize(Decimal("0.1"), ROUND_HALF_UP) or None
    raise Unusable(_("rating is not between 0 and 10"), cell)


def certificate(cell: Any) -> str:
    """Return “PG-13” for “pg-13”, “Rated PG-13 for violence” or “PG-13 (parents strongly cautioned)”.

    Raises Unusable.
    """
    found = line(cell)[:200]
    if is_blank(found):  # NR: not rated
        return ""
    mark = re.sub(r"^rated (\S+)( for\b.*)?$|(?<!\s)\s?\(.*\)$", r"\1", found, flags=re.IGNORECASE)
    if re.search(r"^\d+[.,/%]|\d ?min", mark) or len(mark) > longest(Movie, "certificate"):
        raise Unusable(_("certificate not understood"), found)
    return mark.upper() if len(mark) <= 5 and not mark.endswith(".") else mark


def film_format(cell: Any) -> str:
    """Return the first format named in a text such as “2D”, “IMAX 3D”, “DCP 3D” or “Dolby Atmos”. Raises Unusable."""
    match = FORMAT.search(line(cell)[:200])
    if not match:
        raise Unusable(_("format not understood"), cell)
    return Format.DOLBY if match[0].casefold() == "atmos" else Format(match[0].upper())


def names(cell: Any, marks: str = "|;/,\n", most: int = MOST_KINDS) -> list[str]:
    """Return the names in a list, in a list written as JSON or Python, or in a text separated by any of ``marks``.

    Raises Unusable for more than ``most`` names.
    """
    items = _structure(cell.strip()) if isinstance(cell, str) and cell.strip()[:1] in {"[", "{"} else cell
    if isinstance(items, dict):
        items = [items]
    if not isinstance(items, list):
        items = re.split(f"[{marks}]", text(items))
    if len(items) > 10 * MOST_NAMES:  # more than a whole crew, of which only directors are used
        raise Unusable(_("too many names"), text(cell)[:60])
    named = (line(_name(item)) for item in items)
    found = {name.casefold(): name for name in named if not is_blank(name)}
    if len(found) > most:
        raise Unusable(_("too many names"), next(iter(found.values())))
    return list(found.values())


def cast(cell: Any) -> list[str]:
    """The first MOST_NAMES names of a cast."""
    return names(cell, marks="|;,\n", most=10 * MOST_NAMES)[:MOST_NAMES]


def _structure(cell: str) -> Any:
    """Parse JSON, a Python literal, or names in brackets without quotes."""
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
    """The name in an object such as {"id": 28, "name": "Action"}; None for a member of a crew who is no director."""
    if not isinstance(item, dict):
        return item
    if item.get("job", "Director") != "Director":
        return None
    return next((item[key] for key in ("iso_639_1", "english_name", "name") if item.get(key)), None)


def genre(name: str) -> str:
    """Normalise a genre: “sci-fi”, “SCI-FI” and “Sci_Fi” become “Sci-Fi”, “TV Movie” stays. Raises Unusable."""
    name = re.sub(r"^(sci|film)_(?=fi$|noir$)", r"\1-", name, flags=re.IGNORECASE).replace("_", " ")
    if not WORD.search(name):
        raise Unusable(_("genre not understood"), name)
    capitals = name.isupper()
    name = WORD.sub(lambda word: word[0] if word[0].isupper() and not capitals else word[0].capitalize(), name)
    return _fitting(name, Genre, "name")


def director(cell: Any) -> str:
    """The names of the directors on one line. Raises Unusable if it is too long."""
    return _fitting(", ".join(names(cell, marks="|;\n")), Movie, "director")


def distributor(cell: Any) -> str:
    """The names of the distributors on one line. Raises Unusable if it is too long."""
    return _fitting(", ".join(names(cell, marks="|;\n")), Movie, "distributor")


def synopsis(cell: Any) -> str:
    """Return plain text: HTML tags are removed, entities decoded, paragraphs kept; cut to LONGEST_SYNOPSIS."""
    raw = text(cell[: 4 * LONGEST_SYNOPSIS] if isinstance(cell, str) else cell)
    found = text(TAG.sub(lambda tag: "\n" if tag[0].lower().startswith(("<br", "</p")) else "", raw))
    found = re.sub(r"[^\S\n]+", " ", found.replace("\r\n", "\n"))
    return found if len(found) <= LONGEST_SYNOPSIS else found[: LONGEST_SYNOPSIS - 1].rstrip() + "…"


def content_notes(cell: Any) -> str:
    """Content notes on one line. Raises Unusable if they are too long."""
    return _fitting(line(cell), Movie, "content_notes")


def trailer_url(cell: Any) -> str:
    """The https address of a trailer. Raises Unusable for anything else."""
    url = text(cell)
    try:
        is_trailer(url)
    except ValidationError:
        raise Unusable(_("no address that begins with https://"), url) from None
    return _fitting(url, Movie, "trailer_url")


def longest(model: type[Model], field: str) -> int:
    """The most letters that the field of the model takes."""
    column = model._meta.get_field(field)
    return (column.max_length or 0) if isinstance(column, CharField) else 0


def _fitting(value: str, model: type[Model], field: str) -> str:
    length = longest(model, field)
    if len(value) > length:
        raise Unusable(_("%(field)s is longer than %(length)d characters") % {"field": field, "length": length}, value)
    return value
