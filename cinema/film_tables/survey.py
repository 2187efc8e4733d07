"""What only a table as a whole tells: how its dates are written, in which unit its runtimes are, which ratings are
certificates."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.text import Truncator

from cinema.film_tables import dates, runtimes
from cinema.film_tables.columns import Assignment, Columns
from cinema.film_tables.dates import DateOrder
from cinema.film_tables.table import TableRow
from cinema.film_tables.values import MARK, SCORE, is_blank, text
from cinema.film_tables.vocabulary import header_words, without_blanks, word_list

LOOKED_AT = 20_000  # rows that decide for all
SHOWN = 100  # rows from which the examples are
MOST_EXAMPLES, LONGEST_EXAMPLE = 3, 40
RATED = {"rating", "rated", "certificate", "certification", "certificates", "mpaa", "bbfc", "fsk", "age", "censor"}
OLDEST = 21  # years; a number beyond ten and up to it may be an age, but no score


@dataclass
class Survey:
    """``examples`` are what stands first in each column; the cells of columns about which there may be doubt."""

    rows: int = 0
    examples: dict[str, list[str]] = field(default_factory=dict)
    cells: dict[str, list[str]] = field(default_factory=dict)


def survey(rows: Iterable[TableRow], columns: Sequence[str], assigned: Assignment) -> Survey:
    """Go through the table once."""
    found = Survey(examples={column: [] for column in columns})
    doubtful = [column for column in columns if _is_doubtful(column, assigned.get(column, ""))]
    found.cells = {column: [] for column in doubtful}
    for row in rows:
        found.rows += 1
        if found.rows > LOOKED_AT:
            continue
        for column, examples in found.examples.items() if found.rows <= SHOWN else ():
            if len(examples) < MOST_EXAMPLES and not is_blank(cell := row.cells.get(column)):
                example = Truncator(" ".join((text(cell) or repr(cell))[:200].split())).chars(LONGEST_EXAMPLE)
                if example not in examples:
                    examples.append(example)
        for column in doubtful:
            if cell := text(row.cells.get(column))[: dates.LONGEST]:
                found.cells[column].append(cell)
    return found


def settled(assigned: Assignment, cells: Mapping[str, Sequence[str]]) -> Assignment:
    """Tell certificates and ratings apart, both of which tables call “rating”, by what most cells of a column hold."""
    looks = {column: Counter(map(_look, found)) for column, found in cells.items()}
    marked = {column for column, look in looks.items() if _are_marks(look)}
    result = dict(assigned)
    for column, look in looks.items():
        named = assigned.get(column)
        if column in marked:
            if named == "rating" or (named is None and RATED & set(header_words(column))):
                result[column] = "certificate"
        elif named == "certificate" and _are_scores(look, beside_marks=bool(marked)):
            result[column] = "rating"
    return result


def order_of_dates(columns: Columns, cells: Mapping[str, Sequence[str]]) -> DateOrder:
    """How the table writes dates, all of its columns together."""
    names = [column for group in columns.get("release_date", []) for column in group]
    return dates.date_order((cell for name in names for cell in cells.get(name, ())), " ".join(names[:1]))


def units(columns: Columns, cells: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The unit of each column of runtimes."""
    names = [column for group in columns.get("runtime", []) for column in group]
    return {name: runtimes.unit_of_column(name, cells.get(name, ())) for name in names}


def _is_doubtful(column: str, field: str) -> bool:
    return field in ("rating", "certificate", "release_date", "runtime") or bool(RATED & set(header_words(column)))


def _look(cell: str) -> str:
    """What a cell might be: a “mark” such as PG-13, an “age”, a “score”, a “digit” that may be any of them."""
    if is_blank(cell):
        return "mark" if without_blanks(cell) in word_list("unrated") else "blank"
    if match := SCORE.fullmatch(cell):
        if not match[1].isdecimal() or match[2] or match[3]:
            return "score"
        return "digit" if int(match[1]) <= 10 else "age" if int(match[1]) <= OLDEST else "score"
    return "mark" if MARK.fullmatch(cell) or re.fullmatch(r"[a-z]{1,2}-?\d{0,2}", cell) else "other"


def _are_marks(look: Counter[str]) -> bool:
    """Whether most are marks, or whole numbers some of which no score can be: 6, 12, 16."""
    if look["age"]:
        return look["mark"] + look["age"] + look["digit"] > look["score"] + look["other"]
    return look["mark"] > look["digit"] + look["score"] + look["other"]


def _are_scores(look: Counter[str], *, beside_marks: bool) -> bool:
    """Whether most are scores; whole numbers up to ten are when another column has the marks."""
    digits = look["digit"] if beside_marks and not look["age"] else 0
    return look["score"] + digits > look["mark"] + look["age"]
