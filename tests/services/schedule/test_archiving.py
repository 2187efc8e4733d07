"""Archiving past shows: services.schedule.archiving."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cinema.exceptions import BusinessRuleViolation
from cinema.models import SeatBlock, Show, ShowSeat
from cinema.services.booking.expiry import release_expired
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.orders import give_goodwill
from cinema.services.orders.staff_actions import RequestedAction
from cinema.services.schedule import archiving
from cinema.services.schedule.archiving import KEPT_FOR, drop_unsold_seats
from cinema.services.schedule.publishing import unpublish_show
from tests.concurrency.invariants import wrongs
from tests.factories import (
    BOX_OFFICE,
    ScreenFactory,
    ShowFactory,
    cancelled,
    held,
    lapsed,
    listed,
    owner,
    put_off_sale,
    sold,
    staff,
    starting_in,
)
from tests.views.staff.addresses import PATTERNS, Place

pytestmark = pytest.mark.django_db

LONG_AGO = KEPT_FOR + timedelta(days=1)
ABOUT_SHOWS = ("staff-today", "staff-figures", "staff-orders", "staff-shows", "staff-schedule", "staff-blocks")
NEW_EVERY_TIME = re.compile(
    rb'(csrfmiddlewaretoken" value|name="key" value|X-CSRFToken&quot;:|X-CSRFToken":|name="choose_until|As of) ?[^>]+'
)


def over(show: Show, ago: timedelta = LONG_AGO) -> Show:
    """Let the show have started so long ago."""
    starting_in(show, -ago)
    show.trading_day = show.screen.theatre.trading_day(show.starts_at)
    show.save(update_fields=["trading_day"])
    return show


@pytest.fixture
def show() -> Show:
    """A past show with two sold seats, one cancelled, one held in vain, one blocked and three unused."""
    screen = ScreenFactory(plan="aaaabbbb", theatre__cancel_cutoff=0)
    hall = list(screen.seats.order_by("number"))
    day = {"from_day": timezone.now().date() - timedelta(days=1), "reason": "broken"}
    put_off_sale(screen=screen, seat_ids=[hall[7].pk], kind=SeatBlock.Kind.BROKEN, **day)
    show = ShowFactory(screen=screen)
    sold(show, "A1 A2")
    cancel_ticket(code=sold(show, "A3", buyer="ben").code)
    lapsed(held(show, "A4", buyer="cleo"))
    release_expired(show_id=show.pk)
    return over(show)


def names(show: Show) -> list[str]:
    return list(show.seats.order_by("seat__number").values_list("seat__number", flat=True))


def test_seats_that_nobody_ever_touched_go_and_the_others_stay(show):
    assert drop_unsold_seats() == 1
    assert names(show) == [1, 2, 3, 4, 8]


def test_the_show_goes_on_counting_them_and_its_ledger_explains_it(show):
    counts = ("seats_total", "seats_free", "admissions", "revenue", "revision")
    before = Show.objects.values(*counts).get()
    drop_unsold_seats()
    assert Show.objects.values(*counts).get() == before
    assert Show.objects.get().seats_dropped == 3
    assert wrongs(show) == []


def test_a_seat_lost_besides_is_still_noticed(show):
    drop_unsold_seats()
    Show.objects.update(seats_dropped=2)
    assert len(wrongs(show)) == 2


def test_a_second_time_changes_nothing(show):
    drop_unsold_seats()
    assert drop_unsold_seats() == 0
    assert show.seats.count() == 5


def test_a_show_keeps_its_seats_for_a_week(show):
    starting_in(show, timedelta(hours=-1) - KEPT_FOR)  # it is over for less than that
    assert drop_unsold_seats() == 0
    assert show.seats.count() == 8


def test_a_cancelled_show_loses_them_too(show):
    cancelled(show)
    assert drop_unsold_seats() == 1


def test_a_draft_of_long_ago_is_left_alone():
    listed(days=-30, status=Show.Status.DRAFT)
    assert drop_unsold_seats() == 0


def test_the_oldest_shows_come_first_and_only_so_many_at_once(show):
    older = over(ShowFactory(screen=show.screen), LONG_AGO + timedelta(days=1))
    assert drop_unsold_seats(at_most=1) == 1
    assert Show.objects.exclude(seats_dropped=None).get() == older
    assert drop_unsold_seats(at_most=1) == 1


def test_a_refund_long_afterwards_is_counted_correctly(show):
    drop_unsold_seats()
    requested = RequestedAction(staff(show.screen.theatre, BOX_OFFICE), "the film broke", 0, "late")
    give_goodwill(code=show.tickets.get(status="CONFIRMED").code, amount=Decimal(100), requested=requested)
    show.refresh_from_db()
    assert (show.admissions, show.seats_free, show.revenue) == (2, 5, Decimal(400))
    assert wrongs(show) == []


def test_a_past_show_without_holds_can_become_a_draft_again():
    show = over(ShowFactory(screen__plan="aaaa"))
    drop_unsold_seats()
    assert show.seats.count() == 0
    unpublish_show(theatre=show.screen.theatre, show_id=show.pk, user=None)
    show.refresh_from_db()
    assert (show.status, show.seats_total, show.seats_dropped) == ("DRAFT", 0, None)


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_a_show_takes_the_same_statements_however_many_seats_it_has(rows):
    over(ShowFactory(screen__rows=rows))
    with CaptureQueriesContext(connection) as captured:
        drop_unsold_seats()
    assert len(captured) == 6, [query["sql"] for query in captured.captured_queries]


def test_a_show_that_fails_does_not_keep_the_others_from_it(show, monkeypatch):
    over(ShowFactory(screen=show.screen), LONG_AGO + timedelta(days=1))
    one, real = [], archiving.drop_unsold_seats_of

    def fail_first(**which):
        one.append(which)
        return 1 / 0 if len(one) == 1 else real(**which)

    monkeypatch.setattr(archiving, "drop_unsold_seats_of", fail_first)
    assert drop_unsold_seats() == 1


# --- No figure is lost --------------------------------------------------------------------------------


@pytest.fixture
def place(show, client) -> Place:
    """An object for every page of the back office; its shows are past."""
    client.force_login(owner())
    place = Place("here")
    for n, one in enumerate([place.show, place.off]):
        over(one, LONG_AGO + timedelta(hours=5 * n))
    return place


def everything_said(client, place: Place) -> dict[str, bytes]:
    """All pages and exports of the back office about these days, and what buyers see.

    XLSX exports have the same rows as CSV.
    """
    day = place.show.trading_day
    asked = {"start": day - timedelta(days=3), "end": day + timedelta(days=3), "day": day, "q": "asha@example.org"}
    urls = {place.address(name) for name in PATTERNS if name.startswith(ABOUT_SHOWS)}
    urls |= {
        reverse("staff-figures-export", args=["here", what, "csv"]) for what in ("report", "shows", "sales", "journal")
    }
    urls |= {place.ticket.get_absolute_url(), place.show.get_absolute_url(), place.off.get_absolute_url()}
    answers = {url: client.get(url, asked) for url in urls}
    return {url: body(answer) for url, answer in answers.items() if answer.status_code == 200}


def body(answer) -> bytes:
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return NEW_EVERY_TIME.sub(b"", whole)


def test_every_report_page_and_export_is_the_same_afterwards(client, place):
    before = everything_said(client, place)
    assert len(before) > 20
    assert drop_unsold_seats() == 3
    assert ShowSeat.objects.filter(show=place.show).count() == 2
    after = everything_said(client, place)
    assert [url for url in before if after[url] != before[url]] == []
    assert after.keys() == before.keys()


def test_a_lost_seat_would_show_in_the_reports(client, place):
    day = place.show.trading_day
    url, asked = place.address("staff-figures"), {"start": day, "end": day}
    before = body(client.get(url, asked))
    Show.objects.filter(pk=place.show.pk).update(seats_total=F("seats_total") - 1, seats_free=F("seats_free") - 1)
    assert body(client.get(url, asked)) != before


def test_api_clients_get_the_same_number_of_free_seats_as_before(client, show):
    url = reverse("api-show", args=[show.pk])
    before = client.get(url).json()["seats_free"]
    drop_unsold_seats()
    assert client.get(url).json()["seats_free"] == before == 5


def test_a_seat_of_it_cannot_be_had(show):
    drop_unsold_seats()
    with pytest.raises(BusinessRuleViolation):
        held(show, "A1")
