"""Querysets that Django compiles to SQL once, for the reads of the pages that most people open.

To build a queryset with four joins and to compile its SQL takes four times as long as to run it. The rows are made into
objects by Django's own iterator, so what comes back is what the queryset itself would give.
"""

from collections.abc import Callable, Sequence
from copy import copy
from types import SimpleNamespace
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

LARGEST_KEY = 2**63 - 1
R = TypeVar("R")

# What stands for the values while SQL is compiled; no other parameter of a queryset is equal to one of them.
SLOTS: dict[type, list[Any]] = {
    int: [2**61 + number for number in range(9)],
    str: [f"<value {number}>" for number in range(9)],
}


def give(row: Model, relation: str, rows: Sequence[Model]) -> None:
    """Let ``row`` have these rows, which refer to it, in a relation to many, as prefetch_related() does."""
    back: Any = row._meta.get_field(relation)
    for each in rows:
        setattr(each, back.field.name, row)
    found = getattr(row, relation).get_queryset()
    found._result_cache, found._prefetch_done = list(rows), True
    row.__dict__.setdefault("_prefetched_objects_cache", {})[relation] = found


class Statement(NamedTuple):
    """The SQL of a queryset, with the compiler that made it. ``places`` maps its parameters to the given values.

    ``converters`` make values of Python from those of the columns that need it, by the numbers of these.
    """

    compiler: SQLCompiler
    converters: dict[int, Any]
    sql: str
    params: list[Any]
    places: dict[int, int]
    is_of_tuples: bool


class Compiled(Generic[R]):
    """A function from values, each a key or a text, to the rows of the queryset that ``build`` makes of them: objects,
    or tuples after values_list().

    ``build`` is called once for each kind of database. It may use a value more than once, but must not look at it, and
    may not prefetch.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, R]]) -> None:
        self._build = build
        self._made: dict[str, Statement] = {}

    def __call__(self, *values: int | str) -> list[R]:
        """Run the statement. Integers that no key can be find nothing."""
        if any(isinstance(value, int) and not -LARGEST_KEY <= value <= LARGEST_KEY for value in values):
            return []
        if connection.vendor not in self._made:
            self._made[connection.vendor] = self._compile(values)
        made = self._made[connection.vendor]
        given = tuple(values[made.places[n]] if n in made.places else param for n, param in enumerate(made.params))
        compiler: Any = copy(made.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # that of this thread
        compiler.as_sql = lambda *_args, **_options: (made.sql, given)
        compiler.get_converters = lambda _columns: made.converters
        if made.is_of_tuples:
            return list(compiler.results_iter(tuple_expected=True))
        query = SimpleNamespace(get_compiler=lambda **_options: compiler)
        rows: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return list(ModelIterable(rows))

    def _compile(self, values: Sequence[int | str]) -> Statement:
        slots = [SLOTS[type(value)][number] for number, value in enumerate(values)]
        queryset = self._build(*slots)
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        places = {n: slots.index(param) for n, param in enumerate(params) if param in slots}
        if len(set(places.values())) < len(slots):
            raise TypeError(f"A value of {self._build.__qualname__} is no parameter of its SQL.")
        is_of_tuples = getattr(queryset, "_fields", None) is not None  # after values_list()
        converters = compiler.get_converters([column for column, *_more in compiler.select])
        return Statement(compiler, converters, sql, list(params), places, is_of_tuples)
