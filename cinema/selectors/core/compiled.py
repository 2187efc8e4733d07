"""Querysets that Django compiles to SQL once, for the reads of the pages that most people open.

To build a queryset with four joins and to compile its SQL takes four times as long as to run it. The rows are made into
objects by Django's own iterator, so what comes back is what the queryset itself would give.
"""

from collections.abc import Callable, Sequence
from copy import copy
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

LARGEST_KEY = 2**63 - 1
M = TypeVar("M", bound=Model)

# What stands for the values while SQL is compiled; no other parameter of a queryset is equal to one of them.
SLOTS: dict[type, list[Any]] = {
    int: [2**61 + number for number in range(9)],
    str: [f"<value {number}>" for number in range(9)],
}


class _Query:
    """What Django's iterator needs of a query: a compiler for the connection of this thread."""

    def __init__(self, template: SQLCompiler, sql: str, params: Sequence[Any]) -> None:
        compiler: Any = copy(template)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda *_args, **_options: (sql, params)
        self.get_compiler = lambda **_options: compiler


class Compiled(Generic[M]):
    """A function from values, each a key or a text, to the objects of the queryset that ``build`` makes of them.

    ``build`` is called once for each kind of database. It may use a value more than once, but must not look at it, and
    may not prefetch.
    """

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self._build = build
        self._made: dict[str, tuple[SQLCompiler, str, list[Any], dict[int, int]]] = {}

    def __call__(self, *values: int | str) -> list[M]:
        """Run the statement. Integers that no key can be find nothing."""
        if any(isinstance(value, int) and not -LARGEST_KEY <= value <= LARGEST_KEY for value in values):
            return []
        if connection.vendor not in self._made:
            self._made[connection.vendor] = self._compile(values)
        template, sql, params, places = self._made[connection.vendor]
        given = tuple(values[places[n]] if n in places else param for n, param in enumerate(params))
        rows: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=_Query(template, sql, given), _known_related_objects={})
        return list(ModelIterable(rows))

    def _compile(self, values: Sequence[int | str]) -> tuple[SQLCompiler, str, list[Any], dict[int, int]]:
        slots = [SLOTS[type(value)][number] for number, value in enumerate(values)]
        queryset = self._build(*slots)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        places = {n: slots.index(param) for n, param in enumerate(params) if param in slots}
        if len(set(places.values())) < len(slots):
            raise TypeError(f"A value of {self._build.__qualname__} is no parameter of its SQL.")
        return compiler, sql, list(params), places
