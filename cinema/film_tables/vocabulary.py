"""The words of film tables and schedules in many languages, from words.toml."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from cinema.domain.folding import fold
from cinema.domain.texts import normalise

LONGEST_HEADER = 120  # characters
# Suffixes of headers for languages and countries: “title_sv”, “Titel (DE)”, “Overview [EN]”.
SUFFIXES = frozenset(
    ["ar", "de", "en", "es", "fr", "gb", "hi", "it", "ja", "ne", "nl", "pl", "pt", "ru", "se", "sv", "uk", "us", "zh"]
)


@cache
def words(section: str) -> Mapping[str, frozenset[str]]:
    """The words of each part of a section, such as “hours” in “units”, as ``key`` returns them."""
    return {name: frozenset(map(key, _split(languages))) for name, languages in _read()[section].items()}


@cache
def word_list(section: str) -> frozenset[str]:
    """All words of a section without parts, such as “nothing”, as ``without_blanks`` returns them."""
    return frozenset(without_blanks(word) for word in _split(_read()[section]))


@cache
def headers(section: str) -> Mapping[str, tuple[str, int]]:
    """The field and rank of each known header in “films” or “schedule”; lower ranks are better."""
    found: dict[str, tuple[str, int]] = {}
    for field, languages in _read()[section].items():
        for rank, word in enumerate(_split(languages)):
            found.setdefault(key(word), (field, rank))
    return found


def fields(section: str) -> list[str]:
    """The fields of “films” or “schedule”, in the order of words.toml."""
    return list(_read()[section])


def key(word: str) -> str:
    """Reduce a word or header for comparison: “Release_Date” to “releasedate”, “Durée ” to “duree”."""
    return re.sub(r"[^a-z'\"]", "", fold(word[:LONGEST_HEADER])) or fold(word[:LONGEST_HEADER])


def without_blanks(word: str) -> str:
    """Return a word in lower case without accents, spaces and a final full stop: “k. A.” gives “k.a”.

    Unlike key(), it keeps full stops and other scripts: “k.a” is not the language “ka”, nor “无” the director “Wu”.
    """
    if word.isascii():
        return word.casefold().replace(" ", "").rstrip(".")
    letters = normalise("NFKD", word.casefold())
    return "".join(c for c in letters if not unicodedata.combining(c) and not c.isspace()).rstrip(".")


@lru_cache(maxsize=4096)
def meaning(header: str, section: str) -> tuple[str, int] | None:
    """The field of a header in “films” or “schedule”, and its rank; None if the header is unknown.

    Units and languages at the end are ignored: “Running Time (min)”, “title_sv”, “Laufzeit in Minuten”.
    """
    known = headers(section)
    return next((known[name] for name in _names(header[:LONGEST_HEADER]) if name in known), None)


def header_words(header: str) -> list[str]:
    """The folded words of a header: “runtime”, “minutes” for “runtimeMinutes” and “Runtime (minutes)”."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header[:LONGEST_HEADER])
    return re.findall(r"[a-z]+", fold(parted))


def unit_of(word: str) -> str:
    """The unit that a word names: “hours”, “minutes”, “seconds” or “milliseconds”; else ""."""
    return _units().get(key(word.rstrip(".")), "")


def _names(header: str) -> Iterator[str]:
    """Forms of a header to look up, the complete one first."""
    bare = re.split(r"[(\[{]", header)[0]
    tokens = header_words(bare)
    yield key(header)
    yield key(bare)
    if tokens and tokens[-1] in SUFFIXES:
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
