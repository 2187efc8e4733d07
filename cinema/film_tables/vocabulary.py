"""The words of film tables and schedules in many languages, as words.toml lists them."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from cinema.domain.folding import fold
from cinema.domain.texts import normalise

LONGEST_HEADER = 120  # characters that are looked at
# The language a column is in, and the like, behind its name: “title_sv”, “Titel (DE)”, “Overview [EN]”.
TONGUES = frozenset(
    ["ar", "de", "en", "es", "fr", "gb", "hi", "it", "ja", "ne", "nl", "pl", "pt", "ru", "se", "sv", "uk", "us", "zh"]
)


@cache
def words(section: str) -> Mapping[str, frozenset[str]]:
    """The words of each part of a section, such as “hours” of “units”, reduced by ``key``."""
    return {name: frozenset(map(key, _split(languages))) for name, languages in _read()[section].items()}


@cache
def word_list(section: str) -> frozenset[str]:
    """All words of a section without parts, such as “nothing”, as ``without_blanks`` reduces them."""
    return frozenset(without_blanks(word) for word in _split(_read()[section]))


@cache
def headers(section: str) -> Mapping[str, tuple[str, int]]:
    """The field that a header names in “films” or in “schedule”, and how well: the lower the number the better."""
    found: dict[str, tuple[str, int]] = {}
    for field, languages in _read()[section].items():
        for rank, word in enumerate(_split(languages)):
            found.setdefault(key(word), (field, rank))
    return found


def fields(section: str) -> list[str]:
    """The fields of “films” or “schedule”, in the order of the list."""
    return list(_read()[section])


def key(word: str) -> str:
    """What of a word or header counts: “Release_Date” is “releasedate”, “Durée ” is “duree”, “Star 2” is “star”."""
    return re.sub(r"[^a-z'\"]", "", fold(word[:LONGEST_HEADER])) or fold(word[:LONGEST_HEADER])


def without_blanks(word: str) -> str:
    """In small letters, without accents, blanks and a full stop at the end: “k. A.” is “k.a”, as the language “ka” is
    not. Other scripts stay: “无” is nothing, the director “Wu” is not."""
    if word.isascii():
        return word.casefold().replace(" ", "").rstrip(".")
    letters = normalise("NFKD", word.casefold())
    return "".join(c for c in letters if not unicodedata.combining(c) and not c.isspace()).rstrip(".")


@lru_cache(maxsize=4096)
def meaning(header: str, section: str) -> tuple[str, int] | None:
    """The field that a header names in “films” or in “schedule”, and its rank; None if it says nothing.

    “Running Time (min)”, “title_sv” and “Laufzeit in Minuten” are understood by what stands before unit or language.
    """
    known = headers(section)
    return next((known[name] for name in _names(header[:LONGEST_HEADER]) if name in known), None)


def header_words(header: str) -> list[str]:
    """The words of a header, folded: “runtimeMinutes” and “Runtime (minutes)” are “runtime”, “minutes”."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header[:LONGEST_HEADER])
    return re.findall(r"[a-z]+", fold(parted))


def unit_of(word: str) -> str:
    """“hours”, “minutes”, “seconds” or “milliseconds” for a word that means it; else “”."""
    return _units().get(key(word.rstrip(".")), "")


def _names(header: str) -> Iterator[str]:
    """What a header may be called, the whole first."""
    bare = re.split(r"[(\[{]", header)[0]
    tokens = header_words(bare)
    yield key(header)
    yield key(bare)
    if tokens and tokens[-1] in TONGUES:
        yield "".join(tokens[:-1])
    if tokens and tokens[-1] in _units():
        yield "".join(tokens[:-1]).removesuffix("in")


@cache
def _units() -> dict[str, str]:
    return {word: unit for unit, found in words("units").items() for word in found}


@cache
def _read() -> dict[str, Any]:
    with Path(__file__).with_name("words.toml").open("rb") as file:
        return tomllib.load(file)


def _split(languages: Mapping[str, str]) -> list[str]:
    return [word.strip() for text in languages.values() for word in text.split(",")]
