"""Private hires: their times, edits and records."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cinema.exceptions import (
    EditConflict,
    HireBegun,
    HireEndsBeforeStart,
    Overlap,
    RunsIntoHire,
    ScreenClosed,
    ScreenHired,
    ScreenInUse,
    TimeInThePast,
)
from cinema.models import AuditEvent, Edit, PrivateHire, Screen, Show
from cinema.services.halls.screens import close_screen
from cinema.services.schedule.private_hires import HireTerms, delete_hire, edit_hire
from cinema.services.schedule.runtimes import end_shows_after
from cinema.services.schedule.show_edits import edit_show
from tests.factories import ScreenFactory, TheatreFactory, UserFactory, cancelled, draft, past, private_hire

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def screen():
    return ScreenFactory(name="One", plan="aa")


def change(hire: PrivateHire, seen: int | None = None, **facts: object) -> PrivateHire:
    names = ("screen", "starts_at", "ends_at", "occasion", "contact", "email", "phone", "price", "note")
    terms = HireTerms(**{name: getattr(hire, name) for name in names} | facts)
    seen = hire.version if seen is None else seen
    return edit_hire(theatre=hire.screen.theatre, hire_id=hire.pk, seen=seen, terms=terms, user=UserFactory())


def test_a_hire_takes_the_screen_on_its_trading_day(screen):
    hire = private_hire(screen, email="asha@example.org", price=Decimal(500), note="A cake at nine")

    kept = PrivateHire.objects.get()
    assert (kept.screen, kept.price, kept.note) == (screen, 500, "A cake at nine")
    assert kept.trading_day == screen.theatre.trading_day(hire.starts_at)


@pytest.mark.parametrize("after", [-2.5, 0, 2.5])
def test_a_hire_cannot_be_where_a_show_or_a_hire_is(screen, after):
    show = draft(screen)
    with pytest.raises(Overlap):
        private_hire(screen, starts_at=show.starts_at, ends_at=show.ends_at)

    private_hire(screen, after=timedelta(days=1))
    with pytest.raises(ScreenHired, match="One is hired privately"):
        private_hire(screen, after=timedelta(days=1, hours=after))
    assert PrivateHire.objects.count() == 1


def test_one_begins_when_another_ends_and_a_cancelled_show_takes_no_screen(screen):
    cancelled(draft(screen))
    private_hire(screen)
    private_hire(screen, after=3 * HOUR)
    private_hire(ScreenFactory(theatre=screen.theatre))
    assert PrivateHire.objects.count() == 3


def test_a_show_cannot_be_planned_or_moved_into_a_hire(screen):
    hire = private_hire(screen)
    show = draft(screen, days=5)
    for changes in ({"starts_at": hire.starts_at + HOUR}, {"starts_at": hire.starts_at - HOUR}):
        with pytest.raises(ScreenHired):
            edit_show(theatre=screen.theatre, show_id=show.pk, seen=show.version, user=None, changes=changes)


def test_a_longer_film_does_not_run_into_a_hire(screen):
    show = draft(screen)
    private_hire(screen, starts_at=show.ends_at, ends_at=show.ends_at + HOUR)
    show.movie.runtime += 10
    show.movie.save()

    with pytest.raises(RunsIntoHire, match="would overlap the private hire at"):
        end_shows_after(movie=show.movie)


def test_a_hire_is_changed_and_the_trail_names_nobody(screen):
    hire = private_hire(screen, email="asha@example.org")
    changed = change(hire, starts_at=hire.starts_at + HOUR, price=Decimal("99.5"), contact="Ben")

    assert (changed.version, changed.contact) == (1, "Ben")
    assert sorted(Edit.objects.latest("pk").changes) == ["price", "starts_at"]
    told = str(list(AuditEvent.objects.values_list("subject", "details")))
    assert not any(name in told for name in ("Birthday", "Asha", "asha@", "Ben"))
    with pytest.raises(EditConflict):
        change(changed, seen=0, contact="Cleo")


def test_impossible_times_and_places_are_refused(screen):
    hire, now = private_hire(screen), timezone.now()
    closed = ScreenFactory(theatre=screen.theatre)
    Screen.objects.filter(pk=closed.pk).update(retired_at=now)
    for refusal, facts in (
        (HireEndsBeforeStart, {"ends_at": hire.starts_at}),
        (TimeInThePast, {"starts_at": now - 3 * HOUR, "ends_at": now - 2 * HOUR}),
        (ScreenClosed, {"screen": closed}),
    ):
        with pytest.raises(refusal):
            change(hire, **facts)
    with pytest.raises(PrivateHire.DoesNotExist):
        delete_hire(theatre=TheatreFactory(), hire_id=hire.pk, user=None)


def test_a_hire_that_is_over_keeps_its_time_and_can_get_its_price(screen):
    hire = private_hire(screen)
    PrivateHire.objects.update(starts_at=hire.starts_at - timedelta(days=9), ends_at=hire.ends_at - timedelta(days=9))
    hire.refresh_from_db()

    assert change(hire, price=Decimal(120)).price == 120
    with pytest.raises(HireBegun):
        delete_hire(theatre=screen.theatre, hire_id=hire.pk, user=None)


def test_a_deleted_hire_leaves_the_screen_to_shows(screen):
    hire = private_hire(screen)
    delete_hire(theatre=screen.theatre, hire_id=hire.pk, user=None)

    assert Show.objects.get(pk=draft(screen).pk).screen == screen
    assert not PrivateHire.objects.exists()


def test_a_screen_with_a_coming_hire_is_not_closed(screen):
    past(draft(screen))
    private_hire(screen)
    with pytest.raises(ScreenInUse):
        close_screen(screen=screen, version=screen.version, user=UserFactory())
