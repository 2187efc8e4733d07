"""The laws of the house, read off the source: which layer may know which, and who may lock or write.

Each law is a function from a file to its complaints; each is first shown a file that breaks it.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEMPLATES = "templates"
FORBIDDEN_IMPORTS = {
    # layer: what it must not know
    "models": ["selectors", "services", "forms", "views", "urls"],
    "selectors": ["services", "forms", "views", "urls"],
    "services": ["forms", "views", "urls", "wallet"],
    "forms": ["services", "views", "urls"],  # of services, types only
    "domain": ["models", "exceptions", "selectors", "services", "forms", "views", "urls", "mail", "jobs", "web"],
    "exports": ["selectors", "services", "forms", "views", "urls", "mail", "jobs", "web"],
    "web": ["views", "urls"],
    "mail": ["views", "forms", "urls", "jobs"],
    "wallet": ["services", "views", "forms", "urls", "mail", "jobs", "web"],
    "jobs": ["views", "forms", "urls", "live"],
    "trace": ["views", "forms", "urls", "jobs", "live", "mail"],  # it comes in by the front door, as a browser
}
# Who may know the package that watches bookings, which a real cinema never imports.
TRACE, TRACE_KNOWN_TO = "cinema.trace", (
    "cinema.views.public.trace", "cinema.urls.public", "cinema.management.commands.trace_booking",
)  # fmt: skip
POSTERS = "cinema.domain.posters"  # other packages import its door only
# Inside a layer, a subject knows itself and those after it.
SUBJECT_ORDER = [
    "figures", "privacy", "films", "schedule", "halls", "prices", "door", "orders", "money", "booking", "people",
    "core",
]  # fmt: skip
SUBJECT_LAYERS = ["cinema.services", "cinema.selectors", "cinema.forms", "cinema.views.staff"]
SHARED_BY_SUBJECTS = ["cinema.views.staff.access", "cinema.views.staff.downloads"]
HTTP = ("django.http", "django.urls", "django.template", "django.shortcuts", "django.contrib.messages", "django.views")
LOCKING, SQL = "cinema.services.core.locking", "cinema.services.booking.sql"
RAW_LOCKS = (LOCKING, SQL, "cinema.services.core.statements")  # the last leaves those words out for SQLite
LOCKED_BY_SQL = re.compile(r"\bFOR (NO KEY )?(UPDATE|SHARE)\b")
WRITES = re.compile(r"(save|create|update|delete|get_or_create|update_or_create|bulk_\w+)$")
WRITTEN_BY_SQL = re.compile(r"\s*(insert|update|delete|merge|truncate)\b", re.IGNORECASE)
# Computations that stand beside a service but change nothing themselves read better with plain arguments.
PLAIN_ARGUMENTS = re.compile(r"\.(trading_day)$")
MOST_ARGUMENTS = 5
# Functions that may have more: each argument is a column of one row, or an attribute of one element of a picture.
MANY_ARGUMENTS = [
    "cinema.services.core.audit.note",
    "cinema.services.core.edits.note_edit",
    "cinema.domain.charts.svg.rect",
    "cinema.domain.charts.svg.picture",
]
# What a line of the log may name: a key, the reference staff know an order by, something of the code, an SMTP code.
HARMLESS = re.compile(
    r"(\.pk|_id|\.reference|\.kind|\.(http_status|status_code)|__name__|__qualname__)$|^(key|name|word|gateway)$"
)

MAILING, HOUSEKEEPING = "cinema.mail.sending", ("cinema.jobs.jobs", "cinema.jobs.scheduler")
# What of Django's mails sends none.
SENDS_NOTHING = ("django.core.mail.EmailMultiAlternatives", "django.core.mail.message.sanitize_address")

DETAILS, SHOWS_DETAILS = re.compile(r"details(__\w+)?$"), "cinema.selectors.orders.orders"

Law = Callable[[str, ast.Module], Iterator[str]]


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Everything in the module, walked through once for all laws."""
    return tuple(ast.walk(tree))


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield the dotted name of everything imported anywhere in the module."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(module: str) -> str:
    return module.split(".")[1]


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def layers_know_only_what_is_below(module: str, tree: ast.Module) -> Iterator[str]:
    for name in imports(tree):
        for other in FORBIDDEN_IMPORTS.get(layer(module), ()):
            a_type = layer(module) == "forms" and other == "services" and name.rpartition(".")[2][0].isupper()
            if within(name, f"cinema.{other}") and not a_type:
                yield f"{layer(module)} import {name}"


def subjects_know_only_what_is_below(module: str, tree: ast.Module) -> Iterator[str]:
    """Modules of the four layers with subjects: each stands in a subject, and imports run down their order only."""
    package = next((package for package in SUBJECT_LAYERS if within(module, package)), module)
    if module == package or module in SHARED_BY_SUBJECTS:
        return
    own = subject(module, package)
    if own not in SUBJECT_ORDER:
        yield "stands in no subject"
        return
    for name in imports(tree):
        other = next((subject(name, package) for package in SUBJECT_LAYERS if within(name, package)), "")
        if other in SUBJECT_ORDER and SUBJECT_ORDER.index(other) < SUBJECT_ORDER.index(own):
            yield f"{own} import {name}"


def subject(name: str, package: str) -> str:
    return name.removeprefix(package).removeprefix(".").partition(".")[0]


def only_views_and_forms_know_http(module: str, tree: ast.Module) -> Iterator[str]:
    if layer(module) in ("services", "selectors", "models"):
        for name in imports(tree):
            # A model's get_absolute_url() is Django's own door from a row to its address.
            if any(within(name, package) for package in HTTP) and (layer(module), name) != (
                "models",
                "django.urls.reverse",
            ):
                yield f"{layer(module)} import {name}"


def views_and_forms_open_no_transaction(module: str, tree: ast.Module) -> Iterator[str]:
    if layer(module) in ("views", "forms"):
        for name in imports(tree):
            if within(name, "django.db.transaction") or within(name, "cinema.services.core.transactions"):
                yield f"imports {name}"
        for node in nodes(tree):
            if isinstance(node, ast.Attribute) and node.attr in ("atomic", "on_commit"):
                yield f"line {node.lineno}: .{node.attr}"


def rows_are_locked_in_one_module_only(module: str, tree: ast.Module) -> Iterator[str]:
    """Beside it, the statements of the hot way lock a show, then its seats, as SQL."""
    for node in nodes(tree):
        if isinstance(node, ast.Attribute) and node.attr == "select_for_update" and module != LOCKING:
            yield f"line {node.lineno}: select_for_update"
        elif isinstance(node, ast.Constant) and LOCKED_BY_SQL.search(str(node.value)) and module not in RAW_LOCKS:
            yield f"line {node.lineno}: SQL that locks"


def sql_locks_named_tables_row_by_row(module: str, tree: ast.Module) -> Iterator[str]:
    """A statement that locks names what it locks, and takes one row by its key or code, or all in key order."""
    if module != SQL:
        return
    for node in nodes(tree):
        if isinstance(node, ast.Constant) and LOCKED_BY_SQL.search(str(node.value)):
            locked = re.search(r"FOR NO KEY UPDATE OF (?:\w+, )*(\w+)\s*$", node.value)
            if not locked:
                yield f"line {node.lineno}: does not say what it locks"
            elif not re.search(rf"WHERE {locked[1]}\.(id|code) = %|ORDER BY {locked[1]}\.id\s+FOR", node.value):
                yield f"line {node.lineno}: locks rows in no order"


def selectors_write_nothing(module: str, tree: ast.Module) -> Iterator[str]:
    if layer(module) == "selectors":
        yield from writes(tree)


def writes(tree: ast.Module) -> Iterator[str]:
    """Yield each place that writes to the database, as far as its name tells."""
    for node in nodes(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and WRITES.match(node.func.attr):
            yield f"line {node.lineno}: .{node.func.attr}()"
        elif isinstance(node, ast.Constant) and WRITTEN_BY_SQL.match(str(node.value)) and not is_text(node, tree):
            yield f"line {node.lineno}: SQL that writes"


def is_text(constant: ast.Constant, tree: ast.Module) -> bool:
    """Whether the constant is a docstring."""
    return any(isinstance(node, ast.Expr) and node.value is constant for node in nodes(tree))


def services_are_called_by_keyword(module: str, tree: ast.Module) -> Iterator[str]:
    if layer(module) == "services" and any(writes(tree)):
        for function in public_functions(tree):
            taken = [argument.arg for argument in function.args.posonlyargs + function.args.args]
            if taken and not PLAIN_ARGUMENTS.search(f"{module}.{function.name}"):
                yield f"{function.name}({', '.join(taken)}) is not keyword-only"


def functions_take_five_arguments_at_most(module: str, tree: ast.Module) -> Iterator[str]:
    """What belongs together is handed on as one value."""
    for function in nodes(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            taken = arguments_of(function)
            if len(taken) > MOST_ARGUMENTS and f"{module}.{function.name}" not in MANY_ARGUMENTS:
                yield f"{function.name}({', '.join(taken)}) takes {len(taken)} arguments"


def arguments_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The names of all it takes beside self; *more and **more count as one each."""
    args = function.args
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
    return [argument.arg for argument in every if argument and argument.arg not in ("self", "cls")]


def services_and_selectors_say_what_they_do(module: str, tree: ast.Module) -> Iterator[str]:
    if layer(module) in ("services", "selectors"):
        for function in public_functions(tree):
            arguments = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
            if not ast.get_docstring(function):
                yield f"{function.name}() has no docstring"
            if function.returns is None or any(argument.annotation is None for argument in arguments):
                yield f"{function.name}() is not annotated"


def public_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def what_is_logged_names_nobody(module: str, tree: ast.Module) -> Iterator[str]:
    """Beside a fixed text, a call of the logger gets keys, references and kinds, which say nothing to others."""
    for node in nodes(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("logger."):
            text, *values = node.args
            if not isinstance(text, ast.Constant):
                yield f"line {node.lineno}: the text is put together"
            for value in values:
                if not HARMLESS.search(ast.unparse(value)):
                    yield f"line {node.lineno}: {ast.unparse(value)}"


def only_the_housekeeping_sends_mails(module: str, tree: ast.Module) -> Iterator[str]:
    """No page waits for a relay: all mails wait in the outbox."""
    for name in imports(tree):
        sends = within(name, "django.core.mail") and name not in SENDS_NOTHING and module != MAILING
        if sends or (within(name, MAILING) and module not in HOUSEKEEPING):
            yield f"imports {name}"


def only_its_page_and_its_command_know_the_trace(module: str, tree: ast.Module) -> Iterator[str]:
    """Nothing that sells seats depends on what watches it."""
    if not within(module, TRACE) and module not in TRACE_KNOWN_TO:
        yield from (f"imports {name}" for name in imports(tree) if within(name, TRACE))


def posters_are_drawn_through_one_door(module: str, tree: ast.Module) -> Iterator[str]:
    """A name of the package's own module, not of a module inside it."""
    if not within(module, POSTERS):
        yield from (f"imports {name}" for name in imports(tree) if name.count(".") > 3 and within(name, POSTERS))


def details_of_audit_events_decide_nothing(module: str, tree: ast.Module) -> Iterator[str]:
    """Audit events are records. What decides has a table or a column; an order's history shows the details."""
    if layer(module) == "migrations" or module == SHOWS_DETAILS:
        return
    for node in nodes(tree):
        if isinstance(node, ast.Attribute) and node.attr == "details" and isinstance(node.ctx, ast.Load):
            yield f"line {node.lineno}: .details"
        elif isinstance(node, ast.Constant) and DETAILS.match(str(node.value)):
            yield f"line {node.lineno}: {node.value!r}"
        elif isinstance(node, ast.Call) and not ast.unparse(node.func).endswith(".create"):
            names = [keyword.arg for keyword in node.keywords if DETAILS.match(keyword.arg or "")]
            yield from (f"line {node.lineno}: {name}=" for name in names)


LAWS: list[Law] = [
    layers_know_only_what_is_below,
    subjects_know_only_what_is_below,
    only_views_and_forms_know_http,
    views_and_forms_open_no_transaction,
    rows_are_locked_in_one_module_only,
    sql_locks_named_tables_row_by_row,
    selectors_write_nothing,
    services_are_called_by_keyword,
    functions_take_five_arguments_at_most,
    services_and_selectors_say_what_they_do,
    what_is_logged_names_nobody,
    only_the_housekeeping_sends_mails,
    only_its_page_and_its_command_know_the_trace,
    posters_are_drawn_through_one_door,
    details_of_audit_events_decide_nothing,
]

# What Django looks for by this name in each module that has one.
NAMED_BY_DJANGO = {"Command", "DatabaseWrapper", "Migration"}


def repeated_classes(sources: Mapping[str, ast.Module]) -> dict[str, list[str]]:
    """The names that classes of several modules have, with these modules."""
    found = defaultdict(list)
    for module, tree in sources.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name not in NAMED_BY_DJANGO:
                found[node.name].append(module)
    return {name: places for name, places in found.items() if len(places) > 1}


PAGE_LAWS = {
    # What must not be found in a template, and why.
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "inline style": re.compile(r"<style\b|\sstyle\s*=\s*[\"']", re.IGNORECASE),
    "inline event handler": re.compile(r"\s(on[a-z]+|hx-on[\w:.-]*)\s*=\s*[\"']", re.IGNORECASE),
    "javascript: address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
    "evaluated htmx expression": re.compile(r"hx-(vals|vars|headers)\s*=\s*[\"']\s*js:|hx-vars", re.IGNORECASE),
    "hx-get link without a href": re.compile(r"<a\b(?=[^>]*\bhx-get=)(?![^>]*\shref=)", re.IGNORECASE),
    "file of another site": re.compile(r"\b(src|href)\s*=\s*[\"'](https?:)?//[^\"']*\.(js|css|woff2?|png|jpe?g)", re.I),
}


def page_complaints(name: str, text: str) -> list[str]:
    return [f"{name}: {what}" for what, pattern in PAGE_LAWS.items() if pattern.search(text)]


@cache
def modules() -> dict[str, ast.Module]:
    """The source of the project by module, read once for all laws."""
    found = {}
    for path in sorted((ROOT / "cinema").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if module != "cinema":
            found[module] = ast.parse(path.read_text())
    return found


@pytest.mark.parametrize("law", LAWS)
def test_every_module_keeps_the_law(law: Law):
    complaints = [f"{module}: {complaint}" for module, tree in modules().items() for complaint in law(module, tree)]
    assert not complaints, "\n".join(complaints)


def test_the_name_of_a_class_is_its_own_in_the_whole_project():
    assert not repeated_classes(modules())


def test_two_classes_of_one_name_are_found():
    one, other = ast.parse("class Item: ..."), ast.parse("class Item: ...\nclass Command: ...")
    assert repeated_classes({"a": one, "b": other, "c": ast.parse("class Command: ...")}) == {"Item": ["a", "b"]}


def test_every_template_is_free_of_inline_code_and_foreign_files():
    complaints = []
    for path in sorted((ROOT / TEMPLATES).rglob("*.html")):
        if "email" not in path.parts:  # mail programs know no style sheets
            complaints += page_complaints(str(path.relative_to(ROOT)), path.read_text())
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(
    ("law", "module", "source"),
    [
        (layers_know_only_what_is_below, "cinema.services.x", "from cinema.views.public import shows"),
        (layers_know_only_what_is_below, "cinema.services.x", "def f():\n    from cinema import forms"),
        (layers_know_only_what_is_below, "cinema.selectors.x", "from cinema.services.booking.booking import book"),
        (layers_know_only_what_is_below, "cinema.models.x", "import cinema.selectors.booking.holds"),
        (layers_know_only_what_is_below, "cinema.forms.x", "from cinema.services import booking"),
        (layers_know_only_what_is_below, "cinema.domain.x", "from cinema.models import Seat"),
        (layers_know_only_what_is_below, "cinema.exports.x", "from cinema.selectors.money import receipts"),
        (subjects_know_only_what_is_below, "cinema.services.x", ""),
        (subjects_know_only_what_is_below, "cinema.services.money.x", "from cinema.services.orders import exchanges"),
        (subjects_know_only_what_is_below, "cinema.services.booking.x", "from cinema.selectors.prices import prices"),
        (subjects_know_only_what_is_below, "cinema.views.staff.halls.x", "from cinema.views.staff.films import films"),
        (only_views_and_forms_know_http, "cinema.services.x", "from django.http import HttpRequest"),
        (only_views_and_forms_know_http, "cinema.selectors.x", "from django import http"),
        (only_views_and_forms_know_http, "cinema.models.x", "from django.template.loader import render_to_string"),
        (only_views_and_forms_know_http, "cinema.services.x", "from django.urls import reverse"),
        (views_and_forms_open_no_transaction, "cinema.views.x", "from django.db import transaction"),
        (views_and_forms_open_no_transaction, "cinema.views.x", "from django import db\ndb.transaction.atomic()"),
        (
            views_and_forms_open_no_transaction,
            "cinema.forms.x",
            "from cinema.services.core.transactions import atomically",
        ),
        (rows_are_locked_in_one_module_only, "cinema.services.x", "Show.objects.select_for_update()"),
        (rows_are_locked_in_one_module_only, "cinema.models.x", "SQL = 'SELECT 1 FROM t FOR UPDATE'"),
        (sql_locks_named_tables_row_by_row, SQL, "SQL = 'SELECT 1 FROM t FOR UPDATE'"),
        (sql_locks_named_tables_row_by_row, SQL, "SQL = 'SELECT 1 FROM t WHERE t.a = 1 FOR NO KEY UPDATE OF t'"),
        (selectors_write_nothing, "cinema.selectors.x", "Show.objects.filter(pk=1).update(revision=1)"),
        (selectors_write_nothing, "cinema.selectors.x", "def f():\n    show.save()"),
        (selectors_write_nothing, "cinema.selectors.x", "Show.objects.bulk_create([])"),
        (selectors_write_nothing, "cinema.selectors.x", "cursor.execute('UPDATE cinema_show SET revision = 1')"),
        (
            services_are_called_by_keyword,
            "cinema.services.x",
            "def book(show: Show):\n    show.save()",
        ),
        (functions_take_five_arguments_at_most, "cinema.services.x", "def f(a, b, /, c, *, d, e, f): ..."),
        (functions_take_five_arguments_at_most, "cinema.views.x", "def _page(a, b, c, *, d, e=1, **more): ..."),
        (functions_take_five_arguments_at_most, "cinema.domain.x", "class A:\n def f(self, a, b, c, d, *e, **f): ..."),
        (services_and_selectors_say_what_they_do, "cinema.services.x", "def book() -> None: ..."),
        (services_and_selectors_say_what_they_do, "cinema.selectors.x", "def a(*, b) -> int:\n    'Return b.'"),
        (what_is_logged_names_nobody, "cinema.x", "logger.info('Sent to %s.', ticket.email)"),
        (what_is_logged_names_nobody, "cinema.x", "logger.exception('Failed: %r', error)"),
        (what_is_logged_names_nobody, "cinema.x", "logger.warning(f'Sent to {email}.')"),
        (only_the_housekeeping_sends_mails, "cinema.services.x", "from django.core.mail import send_mail"),
        (only_the_housekeeping_sends_mails, "cinema.views.x", "from cinema.mail import sending"),
        (details_of_audit_events_decide_nothing, "cinema.services.x", "changes = event.details['changes']"),
        (details_of_audit_events_decide_nothing, "cinema.forms.x", "AuditEvent.objects.filter(details__key=key)"),
        (details_of_audit_events_decide_nothing, "cinema.models.x", "AuditEvent.objects.filter(details={})"),
        (details_of_audit_events_decide_nothing, "cinema.selectors.x", "events.values_list('details__block')"),
        (details_of_audit_events_decide_nothing, "cinema.services.x", "F('details')"),
        (posters_are_drawn_through_one_door, "cinema.exports.x", "from cinema.domain.posters.svg import WIDTH"),
        (only_its_page_and_its_command_know_the_trace, "cinema.services.x", "from cinema.trace import recorder"),
    ],
)
def test_a_module_that_breaks_the_law_is_found(law: Law, module: str, source: str):
    assert list(law(module, ast.parse(source)))


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("inline script", "<script>go()</script>"),
        ("inline style", '<p class="a" style="color: red">'),
        ("inline style", "<style>p {}</style>"),
        ("inline event handler", '<button onclick="go()">'),
        ("inline event handler", '<button hx-on:click="go()">'),
        ("javascript: address", '<a href="javascript:go()">'),
        ("evaluated htmx expression", "<div hx-vals='js:{a: b}'>"),
        ("hx-get link without a href", '<a class="x" hx-get="/">'),
        ("file of another site", '<script src="https://cdn.example.org/x.js"></script>'),
    ],
)
def test_a_template_that_breaks_the_law_is_found(what: str, text: str):
    assert page_complaints("x.html", text) == [f"x.html: {what}"]


def test_a_template_that_keeps_the_law_is_left_in_peace():
    text = (
        '<script src="{% static "js/a.js" %}" defer></script> <a href="/" hx-get="/" hx-target="#once">one = "two"</a>'
    )
    assert page_complaints("x.html", text) == []


LONGEST_TEST_NAME = 80
TEST = re.compile(r"^ *(?:async )?def (test_\w+)\(", re.MULTILINE)


def long_names(source: str) -> list[str]:
    """The names of tests that are longer than a sentence read at a glance."""
    return [name for name in TEST.findall(source) if len(name) > LONGEST_TEST_NAME]


def test_the_name_of_a_test_is_one_short_sentence():
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    found = {str(path.relative_to(ROOT)): long_names(path.read_text()) for path in paths}
    assert not {path: names for path, names in found.items() if names}


def test_a_long_name_of_a_test_is_found():
    name = "test_" + "and_so_on_" * 8
    assert long_names(f"class Test:\n    def {name}(self): ...") == [name]
