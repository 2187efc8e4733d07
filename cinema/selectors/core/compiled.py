"""Querysets that Django compiles to SQL once, for the reads of the pages that most people open.

To build a queryset with four joins and to compile its SQL takes four times as long as to run it. On PostgreSQL the
statements are prepared once per connection, since planning them takes as long as running them, too. The rows are made
into objects by Django's own iterator, so what comes back is what the queryset itself would give.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import date, timedelta
from itertools import count, islice
from types import SimpleNamespace
from typing import Any, Generic, NamedTuple, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler
from psycopg2.extensions import AsIs

LARGEST_KEY = 2**63 - 1
NO_KEY = 0
R = TypeVar("R")
Value = int | str | date

# What stands for a value while SQL is compiled; no other parameter of a queryset is equal to one of them.
SLOTS: dict[type, Callable[[int], Any]] = {
    int: lambda number: 1_999_999_000 + number,  # within the range of each column of numbers
    str: lambda number: f"<value {number}>",
    date: lambda number: date(9000, 1, 1) + timedelta(number),
}


def give(row: Model, relation: str, rows: Iterable[Model]) -> None:
    """Let ``row`` have these rows in a relation to many, as prefetch_related() does: those that refer to it, or those
    of a ManyToManyField."""
    rows, back = list(rows), cast(Any, row._meta.get_field(relation)).remote_field
    if back.many_to_one:
        for each in rows:
            setattr(each, back.name, row)
    known = getattr(row, relation).get_queryset()
    known._result_cache, known._prefetch_done = rows, True
    row.__dict__.setdefault("_prefetched_objects_cache", {})[relation] = known


class CompiledStatement(NamedTuple):
    """The SQL of a queryset, with the compiler that made it. ``places`` maps its parameters to the given values.

    ``converters`` make values of Python from those of the columns that need it, by the numbers of these. PostgreSQL
    prepares it as ``to_prepare`` under its ``name``.
    """

    name: str
    compiler: SQLCompiler
    converters: dict[int, Any]
    sql: str
    params: list[Any]
    places: dict[int, int]
    is_of_tuples: bool
    to_prepare: str

    def filled(self, values: Sequence[Value]) -> tuple[str, Sequence[Any]]:
        """The SQL to execute on this thread's connection, and its parameters."""
        if connection.vendor == "postgresql" and connection.prepare(self.name, self.to_prepare):  # type: ignore[attr-defined]
            return (
                f"EXECUTE {self.name} ({', '.join(['%s'] * len(values))})" if values else f"EXECUTE {self.name}",
                values,
            )
        return self.sql, tuple(
            values[self.places[n]] if n in self.places else param for n, param in enumerate(self.params)
        )


_numbers = count()


class Compiled(Generic[R]):
    """A function from values to the rows of the queryset that ``build`` makes of them: objects, or tuples after
    values_list(). A value is a key, a text, a date, or a collection of keys, or of dates, for ``__in``.

    ``build`` is called once for each kind of database and length of collections, rounded up to a power of two. It may
    use a value more than once, but must not look at it, and may not prefetch.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, R]]) -> None:
        self._build = build
        self._made: dict[Hashable, CompiledStatement] = {}

    def __call__(self, *values: Value | Collection[Value]) -> list[R]:
        """Run the statement. Integers that no key can be find nothing."""
        filled = [value if isinstance(value, Value) else _filled_up(value) for value in values]
        flat = [_adapted(value) for value in _flat(filled)]
        if any(isinstance(value, int) and not -LARGEST_KEY <= value <= LARGEST_KEY for value in flat):
            return []
        shape = (connection.vendor, *(len(value) for value in filled if isinstance(value, list)))
        if shape not in self._made:
            self._made[shape] = self._compile(filled)
        made = self._made[shape]
        statement = made.filled(flat)
        compiler: Any = copy(made.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # that of this thread
        compiler.as_sql = lambda *_args, **_options: statement
        compiler.get_converters = lambda _columns: made.converters
        if made.is_of_tuples:
            return list(compiler.results_iter(tuple_expected=True))
        query = SimpleNamespace(get_compiler=lambda **_options: compiler)
        rows: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return list(ModelIterable(rows))

    def _compile(self, filled: Sequence[Value | list[Value]]) -> CompiledStatement:
        slots = [SLOTS[type(value)](number) for number, value in enumerate(_flat(filled))]
        rest = iter(slots)
        queryset = self._build(
            *(list(islice(rest, len(value))) if isinstance(value, list) else next(rest) for value in filled)
        )
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        slots = [_adapted(slot) for slot in slots]
        places = {n: slots.index(param) for n, param in enumerate(params) if param in slots}
        if len(set(places.values())) < len(slots):
            raise TypeError(f"A value of {self._build.__qualname__} is no parameter of its SQL.")
        is_of_tuples = getattr(queryset, "_fields", None) is not None  # after values_list()
        converters = compiler.get_converters([column for column, *_more in compiler.select])
        name = f"read_{next(_numbers)}_{queryset.model._meta.db_table}_{self._build.__name__.strip('_<>')}"
        to_prepare = _to_prepare(sql, params, places) if connection.vendor == "postgresql" else ""
        return CompiledStatement(name[:63], compiler, converters, sql, list(params), places, is_of_tuples, to_prepare)


def _flat(filled: Iterable[Value | list[Value]]) -> Iterator[Value]:
    for value in filled:
        yield from value if isinstance(value, list) else [value]


def _filled_up(values: Collection[Value]) -> list[Value]:
    """The values, the last of them repeated up to a power of two; a key that nothing has if there are none."""
    found: list[Value] = list(values) or [NO_KEY]
    return found + found[-1:] * ((1 << (len(found) - 1).bit_length()) - len(found))


def _to_prepare(sql: str, params: Sequence[Any], places: Mapping[int, int]) -> str:
    """The SQL with $1, $2, … for the values, and with all its other parameters."""
    filled = [AsIs(f"${places[n] + 1}") if n in places else param for n, param in enumerate(params)]
    with connection.cursor() as cursor:
        return str(cursor.cursor.mogrify(sql, filled).decode())


def _adapted(value: Any) -> Any:
    """A parameter as the database takes it."""
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
