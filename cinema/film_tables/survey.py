"""Statistics over a whole table, which decide its date order, the unit of its runtimes, and the meaning of “rating”."""

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

MOST_SURVEYED = 20_000  # rows
EXAMPLE_ROWS = 100  # rows from which examples are taken
MOST_EXAMPLES, LONGEST_EXAMPLE = 3, 40
RATED = {"rating", "rated", "certificate", "certification", "certificates", "mpaa", "bbfc", "fsk", "age", "censor"}
OLDEST = 21  # years; a number from 11 to 21 may be an age, but not a score


@dataclass
class Survey:
    """``examples`` are the first values of each column; ``cells`` those of the columns that are ambiguous."""

    rows: int = 0
    examples: dict[str, list[str]] = field(default_factory=dict)
    cells: dict[str, list[str]] = field(default_factory=dict)


def survey(rows: Iterable[TableRow], columns: Sequence[str], assigned: Assignment) -> Survey:
    """Collect examples and ambiguous cells in one pass."""
    found = Survey(examples={column: [] for column in columns})
    doubtful = [column for column in columns if _is_doubtful(column, assigned.get(column, ""))]
    found.cells = {column: [] for column in doubtful}
    for row in rows:
        found.rows += 1
        if found.rows > MOST_SURVEYED:
            continue
        for column, examples in found.examples.items() if found.rows <= EXAMPLE_ROWS else ():
            if len(examples) < MOST_EXAMPLES and not is_blank(cell := row.cells.get(column)):
                example = Truncator(" ".join((text(cell) or repr(cell))[:200].split())).chars(LONGEST_EXAMPLE)
                if example not in examples:
                    examples.append(example)
        for column in doubtful:
            if cell := text(row.cells.get(column))[: dates.LONGEST]:
                found.cells[column].append(cell)
    return found


def settled(assigned: Assignment, cells: Mapping[str, Sequence[str]]) -> Assignment:
    """Decide by most cells of a column whether it has certificates or ratings; tables call both “rating”."""
    counts = {column: Counter(map(_kind_of, found)) for column, found in cells.items()}
    marked = {column for column, kinds in counts.items() if _are_marks(kinds)}
    result = dict(assigned)
    for column, kinds in counts.items():
        named = assigned.get(column)
        if column in marked:
            if named == "rating" or (named is None and RATED & set(header_words(column))):
                result[column] = "certificate"
        elif named == "certificate" and _are_scores(kinds, beside_marks=bool(marked)):
            result[column] = "rating"
    return result


def order_of_dates(columns: Columns, cells: Mapping[str, Sequence[str]]) -> DateOrder:
    """The order of dates in all release date columns together."""
    names = [column for group in columns.get("release_date", []) for column in group]
    return dates.date_order((cell for name in names for cell in cells.get(name, ())), " ".join(names[:1]))


def units(columns: Columns, cells: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The unit of each runtime column."""
    names = [column for group in columns.get("runtime", []) for column in group]
    return {name: runtimes.unit_of_column(name, cells.get(name, ())) for name in names}


def _is_doubtful(column: str, field: str) -> bool:
    return field in ("rating", "certificate", "release_date", "runtime") or bool(RATED & set(header_words(column)))


def _kind_of(cell: str) -> str:
    """Classify a cell: a “mark” such as PG-13, an “age”, a “score”, or a “digit”, which may be any of them."""
    if is_blank(cell):
        return "mark" if without_blanks(cell) in word_list("unrated") else "blank"
    if match := SCORE.fullmatch(cell):
        if not match[1].isdecimal() or match[2] or match[3]:
            return "score"
        return "digit" if int(match[1]) <= 10 else "age" if int(match[1]) <= OLDEST else "score"
    return "mark" if MARK.fullmatch(cell) or re.fullmatch(r"[a-z]{1,2}-?\d{0,2}", cell) else "other"


def _are_marks(kinds: Counter[str]) -> bool:
    """Whether most cells are marks, or whole numbers of which some are too high for scores: 6, 12, 16."""
    if kinds["age"]:
        return kinds["mark"] + kinds["age"] + kinds["digit"] > kinds["score"] + kinds["other"]
    return kinds["mark"] > kinds["digit"] + kinds["score"] + kinds["other"]


def _are_scores(kinds: Counter[str], *, beside_marks: bool) -> bool:
    """Whether most cells are scores. Whole numbers up to ten are scores if another column has the marks."""
    digits = kinds["digit"] if beside_marks and not kinds["age"] else 0
    return kinds["score"] + digits > kinds["mark"] + kinds["age"]
