"""The parts of a line of text from left to right as it is drawn, whatever the directions of its scripts."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from fpdf.bidi import BidiParagraph, auto_detect_base_direction
from fpdf.enums import TextDirection

from cinema.exports.font_files import JOINERS, MARKS, family_of

RIGHT_TO_LEFT = frozenset(["R", "AL", "AN"])  # of unicodedata.bidirectional
LEFT_MARK, RIGHT_MARK = "\u200e", "\u200f"


class Run(NamedTuple):
    """Letters of one font family in one direction, in the order in which they are read."""

    text: str
    family: str
    right_to_left: bool


def runs(line: str) -> Iterator[Run]:
    """The runs of a line, the leftmost first. Its own direction is that of its first letter."""
    levels, families = _levels(line), _families(line)
    parts = []
    for (level, family), places in groupby(range(len(line)), lambda at: (levels[at], families[at])):
        text = "".join(line[at] for at in places)
        parts.append((level, Run(text, family, right_to_left=bool(level % 2))))
    return (run for _level, run in _reordered(parts))


def of_language(text: str, *, right_to_left: bool) -> str:
    """A text of a language in its direction, with whatever letter it begins; one without any of its letters keeps its
    own."""
    kinds = set(map(unicodedata.bidirectional, text))
    return _mark(right_to_left) + text if "L" in kinds and not kinds.isdisjoint(RIGHT_TO_LEFT) else text


def keep_direction(lines: Sequence[str], text: str) -> list[str]:
    """The lines of a text, each with a mark of the direction of the whole text if that is not sure to be the line's."""
    if not _is_reordered(text):
        return list(lines)
    mark = _mark(auto_detect_base_direction(text) == TextDirection.RTL)
    return [line if line.startswith(mark) else mark + line for line in lines]


def _mark(right_to_left: bool) -> str:
    return RIGHT_MARK if right_to_left else LEFT_MARK


def _is_reordered(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in text)


def _levels(line: str) -> Sequence[int]:
    """The embedding level of each character, odd from right to left: https://www.unicode.org/reports/tr9/"""
    if not _is_reordered(line):
        return [0] * len(line)
    characters = BidiParagraph(line, preserve_bn_chars=True).get_characters_with_embedding_level()
    levels = [character.embedding_level for character in characters]
    for at, letter in enumerate(line):
        if letter in JOINERS and at:
            levels[at] = levels[at - 1]
    return levels


def _families(line: str) -> Sequence[str]:
    """The font family of each character; what joins letters or marks a direction goes with the letter before it."""
    families: list[str] = []
    for letter in line:
        families.append(families[-1] if families and letter in JOINERS + MARKS else family_of(letter))
    return families


def _reordered(parts: list[tuple[int, Run]]) -> list[tuple[int, Run]]:
    """Rule L2 of the algorithm: from the highest level down, reverse what is at it or above."""
    for level in range(max((level for level, _run in parts), default=0), 0, -1):
        parts = [part for group in _groups(parts, level) for part in group]
    return parts


def _groups(parts: list[tuple[int, Run]], level: int) -> Iterator[list[tuple[int, Run]]]:
    """The parts in groups of those at a level or above, which are reversed, and of those below."""
    for is_above, group in groupby(parts, lambda part: part[0] >= level):
        yield list(group)[:: -1 if is_above else 1]
