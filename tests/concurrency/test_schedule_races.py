"""Two managers planning on the same screen at the same time."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from cinema.exceptions import EditConflict, Overlap, ScreenHired
from cinema.models import PrivateHire, Show
from cinema.services.schedule.overlaps import Busy
from cinema.services.schedule.plan_rows import PlanRow
from cinema.services.schedule.planning import plan_rows
from cinema.services.schedule.publishing import publish_shows
from cinema.services.schedule.schedule import ShowPlan
from cinema.services.schedule.show_edits import Slot, reschedule_show
from tests.concurrency.harness import interleave, race, without_locks
from tests.concurrency.invariants import wrongs
from tests.factories import LanguageFactory, MovieFactory, ScreenFactory, draft, price_card, private_hire

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def screen():
    return ScreenFactory(plan="aa")


@pytest.fixture
def planning(screen):
    """A step that plans a show so many minutes after noon, the day after tomorrow."""
    movie, language = MovieFactory(runtime=90), LanguageFactory()
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=2)

    def step(minutes):
        start = noon + timedelta(minutes=minutes)
        plan = ShowPlan(movie=movie, screen=screen, starts_at=start, language=language)
        row = PlanRow(number=1, day=start.date(), at=start.time(), plan=plan)
        return partial(plan_rows, theatre=screen.theatre, rows=[row], user=None, how="run")

    return step


def test_of_two_managers_planning_the_same_time_one_gets_an_overlap(planning):
    first, second = interleave(planning(0), planning(30))

    assert first.value[0].show == Show.objects.get()
    (refused,) = second.value
    assert isinstance(refused.problem, Overlap)
    assert refused.problem.show == first.value[0].show


def test_of_many_one_gets_the_screen(planning):
    outcomes = race(*(planning(5 * n) for n in range(6)))

    assert sum(bool(outcome.value and outcome.value[0].show) for outcome in outcomes) == 1
    assert Show.objects.count() == 1


def test_managers_planning_different_times_do_not_block_each_other(planning):
    outcomes = race(planning(0), planning(180))

    assert [outcome.error for outcome in outcomes] == [None, None]
    assert Show.objects.count() == 2


@pytest.mark.nightly
def test_without_the_lock_the_database_still_refuses_shows_that_overlap(planning):
    with without_locks():
        first, second = interleave(planning(0), planning(30))

    assert second.value[0].show == Show.objects.get()
    assert isinstance(first.error, Overlap)
    assert first.error.show == second.value[0].show


def test_what_the_service_does_not_see_the_database_does(planning, monkeypatch):
    """The negative control of the service's check: without it only the constraint is left."""
    planning(0)()
    monkeypatch.setattr(Busy, "refusal", lambda busy, show: None)

    with pytest.raises(Exception, match="show_alone_on_its_screen"):
        planning(30)()
    assert Show.objects.count() == 1


@pytest.fixture
def hiring(screen):
    """A step that hires the screen so many minutes after noon, the day after tomorrow."""

    def step(minutes):
        return partial(private_hire, screen, after=timedelta(days=-1, minutes=minutes))

    return step


@pytest.mark.parametrize("hire_first", [True, False])
def test_of_a_hire_and_a_show_at_one_time_the_first_gets_the_screen(planning, hiring, hire_first):
    hire, show = hiring(30), planning(0)
    first, second = interleave(*((hire, show) if hire_first else (show, hire)))

    assert first.error is None
    if hire_first:
        assert isinstance(second.value[0].problem, ScreenHired)
    else:
        assert isinstance(second.error, Overlap)
    assert (PrivateHire.objects.count(), Show.objects.count()) == ((1, 0) if hire_first else (0, 1))


def test_of_many_hires_and_shows_one_gets_the_screen(planning, hiring):
    race(*(step(5 * n) for n in range(3) for step in (planning, hiring)))

    assert PrivateHire.objects.count() + Show.objects.count() == 1


@pytest.mark.nightly
def test_without_the_lock_the_database_still_refuses_a_show_during_a_hire(planning, hiring):
    with without_locks():
        first, second = interleave(planning(0), hiring(30))

    assert (second.error, PrivateHire.objects.count(), Show.objects.count()) == (None, 1, 0)
    assert isinstance(first.error, ScreenHired)


@pytest.mark.parametrize("hire_first", [True, False])
def test_what_the_service_does_not_see_of_hires_the_database_does(planning, hiring, monkeypatch, hire_first):
    """The negative control of the service's check: without it only the triggers are left."""
    first, second = (hiring(0), planning(30)) if hire_first else (planning(0), hiring(30))
    first()
    monkeypatch.setattr(Busy, "refusal", lambda busy, wanted: None)

    with pytest.raises(Exception, match="screen_hired_alone"):
        second()
    assert PrivateHire.objects.count() + Show.objects.count() == 1


def test_of_two_moves_of_one_show_the_second_gets_a_conflict(screen):
    show = draft(screen)

    def moving(minutes):
        return partial(
            reschedule_show,
            theatre=screen.theatre,
            show_id=show.pk,
            slot=Slot(screen, show.starts_at + timedelta(minutes=minutes)),
            seen=0,
            user=None,
        )

    first, second = interleave(moving(5), moving(10))

    assert first.error is None
    assert isinstance(second.error, EditConflict)


def test_two_shows_moved_onto_one_place_cannot_both_be_there(screen):
    one, two = draft(screen), draft(screen, days=5)

    def moving(show):
        start = one.starts_at + timedelta(days=1)
        slot = Slot(screen, start)
        return partial(reschedule_show, theatre=screen.theatre, show_id=show.pk, slot=slot, seen=0, user=None)

    outcomes = race(moving(one), moving(two))

    assert sorted(type(outcome.error).__name__ for outcome in outcomes) == ["NoneType", "Overlap"]


def test_two_managers_publishing_the_same_week_publish_it_once(screen):
    card = price_card(screen.theatre)
    shows = [draft(screen, card, days=n) for n in (2, 3)]
    ids = [show.pk for show in shows]
    publishing = partial(publish_shows, theatre=screen.theatre, show_ids=ids, user=None)

    outcomes = race(publishing, publishing)

    assert sorted(len(outcome.value) for outcome in outcomes) == [0, 2]
    assert [show.seats.count() for show in shows] == [2, 2]
    assert [wrongs(Show.objects.get(pk=pk)) for pk in ids] == [[], []]
