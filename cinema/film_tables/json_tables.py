"""Film tables in JSON: a list of objects, an object with such a list, or JSON lines."""

import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from cinema.domain.numbers import format_number
from cinema.exceptions import TableUnreadable
from cinema.film_tables.columns import assign
from cinema.film_tables.encodings import Encoding
from cinema.film_tables.table import MOST_COLUMNS, Table, TableRow, check_columns

BRACKETS_A_ROW = 60  # lists and objects per row; each takes about a hundred bytes of memory


def json_table(name: str, text: str, encoding: Encoding, most_rows: int | None = None) -> Table:
    """The table in a JSON file, with at most ``most_rows`` + 1 rows. Raises TableUnreadable."""
    most = BRACKETS_A_ROW * most_rows if most_rows else None
    if most and text.count("{") + text.count("[") > most:
        raise TableUnreadable(name, _("it has more than %(most)s lists and objects.") % {"most": format_number(most)})
    rows = list(islice(_rows(name, text), most_rows and most_rows + 1))
    columns: dict[str, None] = {}
    for row in rows:
        columns.update(dict.fromkeys(row.cells))
        check_columns(name, len(columns))
    return Table(name, list(columns), lambda: iter(rows), encoding)


def _rows(name: str, text: str) -> Iterator[TableRow]:
    try:
        films = _films(json.loads(text, strict=False))
    except RecursionError as error:
        raise TableUnreadable(name, _("it is nested too deeply.")) from error
    except ValueError as error:
        lines = _json_lines(text)
        first = next(lines, None)
        if not first or first.fault:
            raise TableUnreadable(name, _("this is not valid JSON (%(error)s).") % {"error": error}) from error
        yield first
        yield from lines
        return
    for number, film in enumerate(films, start=1):
        yield TableRow(number, film) if isinstance(film, dict) else TableRow(number, {}, _("not an object"))


def _films(document: Any) -> list[Any]:
    """Find the list of films: the document itself, or its longest list of objects, as in {"results": […]}."""
    if isinstance(document, list):
        return document
    if {"title", "runtime"} <= set(assign(list(document)[:MOST_COLUMNS]).values()):
        return [document]
    lists = [value for value in document.values() if isinstance(value, list)]
    return max((films for films in lists if any(isinstance(film, dict) for film in films)), key=len, default=[document])


def _json_lines(text: str) -> Iterator[TableRow]:
    for number, line in enumerate(io.StringIO(text, newline="\n"), start=1):
        if not line.strip():
            continue
        try:
            film = json.loads(line, strict=False)
        except (ValueError, RecursionError):
            film = None
        yield TableRow(number, film) if isinstance(film, dict) else TableRow(number, {}, _("not valid JSON"))
