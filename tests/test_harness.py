"""The test run itself: it tests on the databases it names, and its factories make what they say."""

import os
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import pytest
from django.db import connection, models
from django.db.migrations.operations import AddField, CreateModel, RunPython
from django.db.migrations.state import ProjectState

from cinema.models import ShowSeat
from tests.conftest import (
    BOTH,
    HAS_TWIN,
    OF_SQLITE,
    ON_BOTH,
    ON_SQLITE,
    POSTGRESQL,
    SQLITE,
    TESTS,
    databases_for,
    part_of,
    part_of_cases,
    pytest_ignore_collect,
    uses_database,
)
from tests.factories import ScreenFactory, ShowFactory, held, lapsed, past, seat
from tests.migration_states import rendered_when_needed

pytestmark = pytest.mark.django_db


def test_each_process_tests_on_the_database_it_names():
    assert connection.vendor == os.environ.get("TEST_DATABASE", connection.vendor)


@pytest.mark.only("sqlite")
def test_a_test_for_one_database_runs_there():
    assert connection.vendor == "sqlite"


def test_a_test_without_a_database_runs_in_one_of_the_processes_only(request):
    without = [item.nodeid for item in request.session.items if not uses_database(item)]

    assert not HAS_TWIN or connection.vendor == SQLITE or without == []


def test_each_folder_belongs_to_a_part_that_has_a_process_on_each_database():
    options = tomllib.loads((TESTS.parent / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["addopts"]
    processes = set(re.findall(r"id=([\w-]+)", options))

    of_both = {f"{database}-{part}" for database in BOTH for part in ON_BOTH}
    assert processes == {*BOTH, *of_both, *(f"{SQLITE}-{part}" for part in OF_SQLITE)}
    folders = {path.relative_to(TESTS).as_posix() for path in TESTS.rglob("*") if path.is_dir()}
    assert set().union(*ON_BOTH.values(), *OF_SQLITE.values()) <= folders


def test_a_folder_belongs_to_the_part_that_names_it_or_a_folder_around_it(monkeypatch):
    monkeypatch.setattr("tests.conftest.PARTS", OF_SQLITE | ON_BOTH)

    assert part_of(TESTS / "resilience") == "sites"
    assert part_of(TESTS / "chaos" / "test_order.py") == "sites"
    assert part_of(TESTS / "views" / "test_shows.py") == "pages"
    assert part_of(TESTS / "views" / "staff" / "orders" / "test_orders.py") == "staff"
    assert part_of(TESTS / "services" / "booking") == part_of(TESTS / "test_harness.py") == ""


def test_a_process_imports_only_the_tests_of_its_own_part(monkeypatch):
    monkeypatch.setattr("tests.conftest.HAS_TWIN", True)
    monkeypatch.setattr("tests.conftest.PART", "pages")

    assert pytest_ignore_collect(TESTS / "views") is pytest_ignore_collect(TESTS) is None
    assert pytest_ignore_collect(TESTS / "services") and pytest_ignore_collect(TESTS / "test_harness.py")


def test_a_process_looks_into_the_folder_around_its_part(monkeypatch):
    monkeypatch.setattr("tests.conftest.HAS_TWIN", True)
    monkeypatch.setattr("tests.conftest.PARTS", OF_SQLITE | ON_BOTH)
    monkeypatch.setattr("tests.conftest.PART", "staff")

    assert pytest_ignore_collect(TESTS / "views") is pytest_ignore_collect(TESTS / "views" / "staff") is None
    assert pytest_ignore_collect(TESTS / "views" / "test_shows.py") and pytest_ignore_collect(TESTS / "web")


@pytest.mark.parametrize("file", ["services/orders/test_moves.py", "selectors/test_films.py"])
def test_a_test_of_services_runs_on_one_database_and_always_on_the_same(item_at, file):
    runs = [databases_for(item_at(f"{file}::test_{number}")) for number in range(100)]

    assert {SQLITE, POSTGRESQL} == set().union(*runs)
    assert all(len(names) == 1 for names in runs)
    assert runs == [databases_for(item_at(f"{file}::test_{number}")) for number in range(100)]


def test_pages_use_sqlite(item_at):
    assert {databases_for(item_at(f"views/test_shows.py::test_{number}")) for number in range(100)} == {ON_SQLITE}


def test_the_parts_of_many_cases_are_all_of_them_together():
    assert [part_of_cases("abcdefgh", number) for number in (0, 1, 2)] == [[*"adg"], [*"beh"], [*"cf"]]


@pytest.mark.parametrize(
    ("path", "how"),
    [
        ("live/test_stream.py::test_1", {}),
        ("services/booking/test_ledger.py::test_1", {"marks": {"both": []}}),
        ("models/test_trail.py::test_1", {}),
        ("views/test_shows.py::test_1", {"marks": {"both": []}}),
        ("views/test_shows.py::test_1[\\x00]", {}),
        ("views/test_shows.py::test_1[9223372036854775808]", {}),
        ("views/test_shows.py::test_1", {"both": True}),
        ("browser/test_live.py::test_1", {"fixtures": {"browser", "streaming_site"}}),
    ],
    ids=["stream", "marked service", "model", "marked", "null", "number", "--both", "live map"],
)
def test_what_a_database_may_answer_differently_runs_on_both(item_at, path, how):
    assert databases_for(item_at(path, **how)) == BOTH


def test_a_costly_test_runs_on_the_database_it_names_and_with_both_on_both(item_at):
    mark = {"marks": {"mainly": ["sqlite"]}}

    assert databases_for(item_at("chaos/test_chaos.py::test_1", **mark)) == {SQLITE}
    assert databases_for(item_at("chaos/test_chaos.py::test_1", **mark, both=True)) == BOTH


def test_a_process_without_a_twin_runs_everything(item_at, monkeypatch):
    monkeypatch.setattr("tests.conftest.HAS_TWIN", False)

    assert databases_for(item_at("views/test_shows.py::test_1")) == BOTH


@pytest.fixture
def item_at(monkeypatch):
    """Return a function that makes a test at that place beneath tests/, in a process that has a twin."""
    monkeypatch.setattr("tests.conftest.HAS_TWIN", True)

    def make(
        path: str,
        *,
        marks: Mapping[str, Sequence[str]] = MappingProxyType({}),
        fixtures: Collection[str] = (),
        both: bool = False,
    ):
        return SimpleNamespace(
            nodeid=f"tests/{path}",
            path=Path(__file__).parent / path.partition("::")[0],
            fixturenames={"db", *fixtures},
            config=SimpleNamespace(option=SimpleNamespace(both=both)),
            get_closest_marker=lambda name: SimpleNamespace(args=marks[name]) if name in marks else None,
        )

    return make


def test_code_of_a_migration_sees_earlier_changes_through_relations():
    key = ("id", models.AutoField(primary_key=True))
    hall = models.ForeignKey("house.Hall", models.CASCADE)
    name = AddField("Hall", "name", models.TextField(default=""))
    state, found = ProjectState(), []
    code = RunPython(lambda apps, editor: found.append(apps.get_model("house", "Show").objects.filter(hall__name="x")))

    with rendered_when_needed():
        for operation in (CreateModel("Hall", [key]), CreateModel("Show", [key, ("hall", hall)]), name):
            assert state.apps
            operation.state_forwards("house", state)
        assert "name" in field_names(state.apps.get_model("house", "Hall"))
        assert "name" not in field_names(state.apps.get_model("house", "Show")._meta.get_field("hall").related_model)
        code.database_forwards("house", SimpleNamespace(connection=connection), state, state)

    assert [str(rows.query).count('"house_hall"."name"') for rows in found] == [1]


def field_names(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.get_fields()}


def test_the_database_is_one_that_threads_can_share():
    assert "memory" not in str(connection.settings_dict["NAME"])


def test_a_show_has_every_seat_of_its_screen_for_sale_tomorrow_evening():
    show = ShowFactory(screen=ScreenFactory(rows=2, columns=3), price=120)
    assert (show.seats_total, show.seats_free) == (6, 6)
    assert f"{show.starts_at.astimezone(show.screen.theatre.tz):%H:%M}" == "18:00"
    assert (seat(show, "B3").price, seat(show, "B3").status) == (120, ShowSeat.Status.AVAILABLE)


def test_a_plan_gives_its_seats_different_prices():
    show = ShowFactory(screen__plan="aa\nbb")
    assert (seat(show, "A1").price, seat(show, "B1").price) == (250, 350)


def test_seats_are_held_and_a_hold_can_lapse():
    hold = held(ShowFactory(), "A1 A2")
    assert hold.seats.count() == 2
    assert lapsed(hold).expires_at < hold.created_at


def test_a_past_show_has_started():
    assert past(ShowFactory()).starts_at < ShowFactory().starts_at
