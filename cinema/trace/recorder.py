"""Recorder of a thread's activity: function calls, their data, and SQL statements with their plans.

Calls are recorded by ``sys.setprofile``, statements by ``connection.execute_wrapper``, and BEGIN, COMMIT and ROLLBACK,
which Django does not pass to wrappers, by its query log. Times include the overhead of recording.
"""

import re
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from inspect import CO_GENERATOR
from itertools import islice
from time import perf_counter
from types import CodeType, FrameType
from typing import Any

from django.db import Error, connection
from django.db.models import Manager, Model, QuerySet
from django.utils.translation import gettext as _

MIDDLEWARE, FORM, TEMPLATE = "middleware", "form", "template"
LAYERS = {
    # prefix of a module: name of its layer
    "django.urls": "URL dispatcher",
    "cinema.views": "view",
    "cinema.forms": "field",
    "cinema.services": "service",
    "cinema.selectors": "selector",
    "cinema.gateways": "gateway",
    "cinema.web": "web",
}
OUTERMOST = {TEMPLATE, LAYERS["django.urls"]}  # nested calls within these are not shown
FULL_CLEAN = ("django.forms.forms", "BaseForm.full_clean")
RENDER = ("django.template.backends.django", "Template.render")
RESOLVE = ("django.urls.resolvers", "URLResolver.resolve")

PLANNED = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
PARTS = re.compile(r"[()]\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)  # of WITH a AS (…) …
TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE) \"?(\w+)\"?")
FUNCTION = re.compile(r"\w+\(")
PARENTHESES = re.compile(r"\([^()]*\)")
ROW_LOCK = re.compile(r"\bFROM \"?(\w+)\"?.* FOR (?:NO KEY )?UPDATE(?: OF \"?(\w+)\"?)?", re.DOTALL)
LONGEST_VALUE, FEW = 200, 8


@dataclass
class RecordedStatement:
    """One SQL statement with its plan, the number of rows found or changed (None: unknown), and its time."""

    sql: str
    plan: list[str] = field(default_factory=list)
    rows: int | None = None
    ms: float = 0.0

    @property
    def word(self) -> str:
        """The first word: SELECT, BEGIN, …"""
        return self.sql.split(maxsplit=1)[0].lstrip("(").upper()

    @property
    def summary(self) -> str:
        """The statement and its table: “SELECT cinema_show, for update”; of several parts those that write."""
        if self.word == "WITH" and (parts := PARTS.findall(self.sql)):
            return ", ".join(f"{what.split()[0].upper()} {table}" for what, table in parts)
        found = TABLE.search(without_parentheses(self.sql)) or TABLE.search(self.sql)
        called = FUNCTION.search(self.sql)
        if found:
            what = f"{self.word} {found[1]}"
            return _("%(statement)s, for update") % {"statement": what} if ROW_LOCK.search(self.sql) else what
        return f"{self.word} {called[0]}…)" if called else " ".join(self.sql.split())

    @property
    def is_boundary(self) -> bool:
        """Whether it begins or ends a transaction."""
        return self.word in ("BEGIN", "COMMIT", "ROLLBACK")

    @property
    def written(self) -> str:
        """The tables it writes to, or ""."""
        found = [match[2] for match in [WRITES.match(self.sql), *PARTS.finditer(self.sql)] if match]
        return ", ".join(dict.fromkeys(found))

    @property
    def lock(self) -> str:
        """The rows it locks until the transaction ends, in words."""
        if self.sql.startswith("BEGIN IMMEDIATE"):
            return _("the whole database, for writing")
        if "pg_advisory_xact_lock" in self.sql:
            return _("the name of the buyer, by an advisory lock")
        found = ROW_LOCK.search(self.sql)
        table = self._named(found[2] or found[1]) if found else self.written
        return _("these rows of %(table)s") % {"table": table} if table else ""

    def _named(self, name: str) -> str:
        """The table of a name, which may be an alias."""
        found = re.search(rf"(?:FROM|JOIN) (\w+) {name}\b", self.sql)
        return found[1] if found else name


@dataclass
class Call:
    """A call of a function, or ``times`` consecutive calls, with the calls and statements inside."""

    layer: str
    name: str
    module: str = ""
    ms: float = 0.0
    times: int = 1
    inside: list["Call | RecordedStatement"] = field(default_factory=list)

    def statements(self) -> Iterator[RecordedStatement]:
        for one in self.inside:
            if isinstance(one, RecordedStatement):
                yield one
            else:
                yield from one.statements()

    def middleware(self) -> Iterator["Call"]:
        """The middleware called, the outermost first."""
        for one in self.inside:
            if isinstance(one, Call) and one.layer == MIDDLEWARE:
                yield one
                yield from one.middleware()

    def lines(self, depth: int = 0) -> Iterator[tuple[int, "Call | RecordedStatement"]]:
        """Everything inside except middleware, in order, each with its depth."""
        for one in self.inside:
            is_middleware = isinstance(one, Call) and one.layer == MIDDLEWARE
            if not is_middleware:
                yield depth, one
            if isinstance(one, Call):
                yield from one.lines(depth + (not is_middleware))


@dataclass
class DataShape:
    """The data at one step, such as “cleaned_data”: the function (``where``) and the values by name."""

    step: str
    where: str
    values: dict[str, str]


class Recorder:
    """A context manager that records a block. Afterwards read ``root`` and ``shapes``."""

    def __init__(self) -> None:
        self.root = Call("", "")
        self.shapes: list[DataShape] = []
        self._stack: list[tuple[FrameType, Call, float]] = []
        self._pending = RecordedStatement("")
        self._known: dict[CodeType, str] = {}

    def __enter__(self) -> "Recorder":
        self._before = (connection.queries_log, connection.force_debug_cursor)
        connection.queries_log, connection.force_debug_cursor = _Log(self._note), True
        if connection.vendor == "postgresql":
            self._prepared = getattr(connection, "prepared", None)
            connection.prepared = None  # type: ignore[attr-defined] # so that each is shown by its text
        self._watching = connection.execute_wrapper(self._execute)
        self._watching.__enter__()
        sys.setprofile(self._profile)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)
        self._watching.__exit__(None, None, None)
        connection.queries_log, connection.force_debug_cursor = self._before
        if connection.vendor == "postgresql":
            connection.prepared = self._prepared  # type: ignore[attr-defined] # of cinema.postgresql

    # --- Functions

    def _profile(self, frame: FrameType, event: str, value: Any) -> None:
        code = frame.f_code
        if event == "call":
            layer = self._known.get(code)
            if layer is None:
                layer = self._known[code] = layer_of(frame)
            if layer and not (layer in OUTERMOST and layer in self._above()):
                call = Call(layer, name_of(frame, layer), frame.f_globals["__name__"])
                self._on_call(frame, call)
                self._stack.append((frame, call, perf_counter()))
        elif event == "return" and self._stack and self._stack[-1][0] is frame:
            _frame, call, began = self._stack.pop()
            call.ms = (perf_counter() - began) * 1000
            self._on_return(frame, call, value)
            for one in [call] if is_worth_showing(call) else call.inside:
                self._add(one)

    def _above(self) -> set[str]:
        """The layers of the current calls."""
        return {call.layer for _frame, call, _began in self._stack}

    def _add(self, one: Call | RecordedStatement) -> None:
        """Add it to the current call; a repeated call is counted in the one before."""
        inside = self._stack[-1][1].inside if self._stack else self.root.inside
        last = inside[-1] if inside else None
        if isinstance(one, Call) and isinstance(last, Call) and (last.module, last.name) == (one.module, one.name):
            last.times, last.ms = last.times + one.times, last.ms + one.ms
            last.inside += one.inside
        else:
            inside.append(one)

    def _on_call(self, frame: FrameType, call: Call) -> None:
        """Record the data with which a view, the first service below it or a template is called."""
        above = self._above()
        if call.layer == "view" and "view" not in above:
            request = frame.f_locals.get("request")
            posted = dict(request.POST.lists()) if request is not None else {}
            path = {"path": request.path} if request is not None else {}
            self._shape("request", call, path | posted)
        elif call.layer == "service" and not above & {"service", "selector"}:
            self._shape("service call", call, arguments(frame))
        elif call.layer == TEMPLATE and TEMPLATE not in above:
            self._shape("context", call, frame.f_locals.get("context") or {})

    def _on_return(self, frame: FrameType, call: Call, value: Any) -> None:
        if call.layer == FORM and call.name.endswith(".full_clean"):
            form = frame.f_locals["self"]
            errors = {f"error of {name}": list(messages) for name, messages in form._errors.items()}
            found = getattr(form, "cleaned_data", {}) | errors
            self._shape("cleaned_data", call, found)
        elif call.layer == "service" and value is not None and not self._above() & {"service", "selector"}:
            self._shape("result of the service", call, {type(value).__name__: value})

    def _shape(self, step: str, call: Call, values: dict[str, Any]) -> None:
        suspended, profile = sys.getprofile(), sys.setprofile
        profile(None)
        try:
            if values:
                shown = {str(name): short(value) for name, value in values.items()}
                self.shapes.append(DataShape(step, f"{call.module}.{call.name}", shown))
        finally:
            profile(suspended)

    # --- Statements

    def _execute(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        profile = sys.getprofile()
        sys.setprofile(None)
        try:
            self._pending = RecordedStatement(sql)
            if not many and PLANNED.match(sql):
                self._pending.plan, self._pending.rows = plan_of(sql, params)
        finally:
            sys.setprofile(profile)
        self._add(self._pending)
        began = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self._pending.ms = (perf_counter() - began) * 1000
            found = context["cursor"].rowcount
            if found > 0 or (found == 0 and not sql.startswith("INSERT")):  # SQLite counts inserted rows as it is read
                self._pending.rows = found

    def _note(self, entry: dict[str, str]) -> None:
        """Handle an entry of Django's query log: begin or end of a transaction, or the text of the last statement."""
        if entry["sql"] in ("BEGIN", "COMMIT", "ROLLBACK"):
            self._add(RecordedStatement(entry["sql"], ms=float(entry["time"]) * 1000))
        else:
            self._pending.sql = entry["sql"]


class _Log(deque[dict[str, str]]):
    """Django's query log, which passes entries on instead of keeping them."""

    def __init__(self, note: Callable[[dict[str, str]], None]) -> None:
        super().__init__()
        self._note = note

    def append(self, entry: dict[str, str]) -> None:
        self._note(entry)


def plan_of(sql: str, params: Any) -> tuple[list[str], int | None]:
    """Return the plan of a statement without running it; on SQLite, which does not count selected rows, also their
    number."""
    sqlite = connection.vendor == "sqlite"
    cursor = connection.create_cursor()
    rows = None
    try:
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{sql}", params)
        plan = [str(row[-1]) for row in cursor.fetchall()]
        if sqlite and sql.startswith("SELECT"):
            with suppress(Error):
                cursor.execute(f"SELECT COUNT(*) FROM ({sql})", params)  # noqa: S608, Django's own
                [rows] = cursor.fetchone()
    finally:
        cursor.close()
    return plan, rows


def without_parentheses(sql: str) -> str:
    """The statement without its subqueries and lists."""
    while (shorter := PARENTHESES.sub("", sql)) != sql:
        sql = shorter
    return sql


def layer_of(frame: FrameType) -> str:
    """The layer of a function; "" if it is not shown."""
    code, module = frame.f_code, frame.f_globals.get("__name__", "")
    if code.co_name == "__call__" and type(frame.f_locals.get("self")).__name__.endswith("Middleware"):
        return MIDDLEWARE
    if (module, code.co_qualname) == FULL_CLEAN:
        return FORM
    if (module, code.co_qualname) == RENDER:
        return TEMPLATE
    if (module, code.co_qualname) == RESOLVE:
        return LAYERS["django.urls"]
    if not module.startswith("cinema.") or code.co_name.startswith("<") or "<locals>" in code.co_qualname:
        return ""
    if code.co_flags & CO_GENERATOR or code.co_name.startswith("__"):
        return ""
    return next((layer for start, layer in LAYERS.items() if module.startswith(start)), "")


def is_worth_showing(call: Call) -> bool:
    """Whether a call is shown: a public function, middleware, a form, a template, or a call with statements."""
    is_a_function = not call.name.startswith("_") and "." not in call.name
    return is_a_function or call.layer in (MIDDLEWARE, FORM, TEMPLATE, LAYERS["django.urls"]) or any(call.statements())


def name_of(frame: FrameType, layer: str) -> str:
    code = frame.f_code
    this: Any = frame.f_locals.get("self")
    if layer == MIDDLEWARE:
        return type(this).__name__
    if layer == TEMPLATE:
        return str(this.template.name)
    if layer == FORM and code.co_name == "full_clean":
        return f"{type(this).__name__}.full_clean"
    return code.co_qualname


def arguments(frame: FrameType) -> dict[str, Any]:
    code = frame.f_code
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return {name: frame.f_locals[name] for name in names if name in frame.f_locals}


def short(value: Any) -> str:
    """Format a value on one line, cut if long. Runs no query: a row is shown by its key, a queryset by its model."""
    text = " ".join(_repr(value).split())
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _repr(value: Any) -> str:
    match value:
        case None | bool() | int() | str() | Decimal() | datetime():
            return str(value) if isinstance(value, Decimal | datetime) else repr(value)
        case Model():
            return f"{type(value).__name__} {value.pk}"
        case QuerySet() | Manager():
            return f"{type(value).__name__} of {value.model.__name__}"
        case tuple() if hasattr(value, "_asdict"):
            return f"{type(value).__name__}({_pairs(value._asdict(), '=')})"
        case dict():
            return f"{{{_pairs(value, ': ')}}}"
        case list() | tuple() | set() | frozenset():
            return f"[{', '.join(_repr(one) for one in islice(value, FEW))}{', …' if len(value) > FEW else ''}]"
        case _:
            return f"a {type(value).__name__}"


def _pairs(values: dict[Any, Any], between: str) -> str:
    return ", ".join(f"{name}{between}{_repr(value)}" for name, value in islice(values.items(), FEW))
