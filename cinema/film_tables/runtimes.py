"""Parsing of runtimes in many formats to minutes."""

import re
from collections.abc import Iterable, Iterator
from statistics import median
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from cinema.film_tables.values import Unusable, text
from cinema.film_tables.vocabulary import header_words, key, unit_of, word_list

LONGEST = 1000  # minutes; more is the length of a series, or in another unit
SHORTEST = 3  # minutes, unless the cell contains “min”
LONG = 600  # minutes; longer films are rare and get a warning
LONGEST_CELL = 40  # characters
MOST_HOURS = 9  # “2:15” is hours and minutes, “12:30” minutes and seconds

MINUTES = {"hours": 60.0, "minutes": 1.0, "seconds": 1 / 60, "milliseconds": 1 / 60_000}
ORDER = {unit: n for n, unit in enumerate(MINUTES)}
WORD = r"[^\d\s.,:;'′’\"″”()|/_-]+"  # includes the vowel signs of Hindi, which \w does not match
NUMBER = r"\d+(?:[.,]\d+)?"
CLOCK = re.compile(rf"(\d{{1,3}}):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?\s*({WORD})?\.?")
PART = re.compile(rf"\s*(?:(?P<number>{NUMBER})|(?P<word>{WORD}\.?|['′’]{{2}}|['′’\"″”]))[\s,]*")
DECIMAL = re.compile(r"(\d)[.,](\d{1,2})")


class Length(NamedTuple):
    """A length in minutes; ``doubt`` is a warning if it is ambiguous or unusual."""

    minutes: int
    doubt: str = ""


def runtime(cell: Any, unit: str = "minutes") -> Length:
    """Read “142”, “142 min”, “2h 22m”, “2:22”, “PT2H22M”, “1 Std. 45 Min.”, “5400 s”, “105分”. Raises Unusable.

    ``unit`` is that of a number without one.
    """
    found = text(cell)[: 2 * LONGEST_CELL].casefold()
    length = re.split(r"[(|/]", found)[0].strip(" ~≈\t\n")  # “142 min (director's cut: 160 min)”
    if not length or len(length) > LONGEST_CELL:
        raise Unusable(_("no runtime"), found)
    total, doubt, sure = _clock(length) or _decimal(length, unit) or _parts(length, unit)
    minutes = int(total + 0.5)
    if total == 0:
        raise Unusable(_("no runtime"), found)
    if total > LONGEST or (total < SHORTEST and not (sure and minutes)):
        raise Unusable(_("runtime is not plausible for a film"), found)
    if minutes > LONG:
        doubt = _("runtime is unusually long")
    return Length(minutes, doubt)


def unit_of_column(header: str, cells: Iterable[Any]) -> str:
    """The unit of a column's numbers: that of its header or, if the lengths are not plausible, another one."""
    numbers = [float(found) for cell in cells if re.fullmatch(r"\d{1,12}(\.\d{1,9})?", found := text(cell)[:40])]
    middle = median(filter(None, numbers)) if any(numbers) else 90.0
    named = next((unit for word in reversed(header_words(header)[1:]) if (unit := unit_of(word))), "minutes")
    plausible = [unit for unit in (named, "minutes", "seconds", "milliseconds") if _fits(middle * MINUTES[unit])]
    return plausible[0] if plausible else named


def _fits(minutes: float) -> bool:
    return SHORTEST <= minutes <= LONG


def _clock(length: str) -> tuple[float, str, bool] | None:
    """Parse “1:45” and “01:45:00” as hours and minutes, “95:00” and “12:30” as minutes and seconds.

    Returns minutes, a warning, and whether the unit is certain.
    """
    match = CLOCK.fullmatch(length)
    if not match:
        return None
    first, second, third = (int(part or 0) for part in match.group(1, 2, 3))
    named = unit_of(match[4]) if match[4] else ""
    if match[4] and named not in ("hours", "minutes"):
        raise Unusable(_("no runtime"), length)
    if match[3] or named == "hours" or (first <= MOST_HOURS and not named):
        return first * 60 + second + third / 60, "", False
    return first + second / 60, "" if named else _("runtime is read as minutes and seconds"), bool(named)


def _decimal(length: str, unit: str) -> tuple[float, str, bool] | None:
    """Parse “2.05” and “1,45” as hours and minutes, “1.75” and “1.5” as hours, because no film has two minutes."""
    match = DECIMAL.fullmatch(length)
    if not match or unit not in ("minutes", "hours") or (unit == "minutes" and not int(match[2])):
        return None
    hours, fraction = int(match[1]), match[2]
    if unit == "minutes" and len(fraction) == 2 and int(fraction) < 60:
        return hours * 60 + int(fraction), _("runtime is read as hours and minutes"), False
    return float(f"{hours}.{fraction}") * 60, "" if unit == "hours" else _("runtime is read as hours"), False


def _parts(length: str, unit: str) -> tuple[float, str, bool]:
    """Parse numbers with units, each unit once and the larger first. The last unit may be missing: “1h52”."""
    total, last, sure = 0.0, -1, False
    for number, word in _pairs(re.sub(r"^p?t(?=\d)", "", length)):
        bare = unit if last < 0 else "minutes" if last == ORDER["hours"] else ""
        named = unit_of(word) if word else bare
        if ORDER.get(named, -1) <= last:
            raise Unusable(_("no runtime"), length)
        last, sure = ORDER[named], sure or (named == "minutes" and bool(word))
        total += float(number.replace(",", ".")) * MINUTES[named]
    return total, "", sure


def _pairs(length: str) -> Iterator[tuple[str, str]]:
    """Yield numbers, each with the word after it or "". Raises Unusable for anything else."""
    number, end = "", 0
    while match := PART.match(length, end):
        end = match.end()
        if match["number"]:
            if number:
                yield number, ""
            number = match["number"]
        elif number:
            yield number, _plain(match["word"])
            number = ""
        elif key(match["word"]) not in _joins():
            raise Unusable(_("no runtime"), length)
    if end < len(length):
        raise Unusable(_("no runtime"), length)
    if number:
        yield number, ""


def _plain(word: str) -> str:
    return {"''": '"', "′′": '"', "’’": '"', "″": '"', "”": '"', "′": "'", "’": "'"}.get(word, word)


def _joins() -> frozenset[str]:
    return frozenset(map(key, word_list("joins")))
