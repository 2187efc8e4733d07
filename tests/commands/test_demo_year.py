"""``manage.py demo --year``: two days of four screens instead of a year of eight."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from cinema.demo import year, year_house, year_sales
from cinema.domain.folding import words_of_person
from cinema.domain.money import to_minor
from cinema.gateways import get_gateway
from cinema.gateways.base import RefundOrder, RefundState
from cinema.models import (
    Hold,
    Order,
    OrderLine,
    OrderWord,
    Payment,
    Refund,
    SeatEvent,
    Show,
    ShowSeat,
    Theatre,
    Ticket,
    TicketSeat,
)
from cinema.selectors.figures.ledger import ledger_faults
from tests.factories import LanguageFactory, MovieFactory, ShowFactory, sold

pytestmark = pytest.mark.django_db
WHOLE = year.DAYS * year_house.SCREENS * len(year_house.STARTS)
COUNTED = (Show, ShowSeat, Hold, Order, OrderLine, OrderWord, Ticket, TicketSeat, Payment, Refund, SeatEvent)


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Two days of the year, which are deleted after the tests of this file."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(year, "DAYS", 2)
        patch.setattr(year_house, "SCREENS", 4)
        patch.setattr(year, "CANCELLED", 0.4)  # so that of these few some are, whatever day it is
        patch.setattr(year_sales, "KEPT_FOR", timedelta(hours=2))
        films()
        year.load()
        yield Theatre.objects.get(slug=year_house.SLUG)
        transaction.set_rollback(True)


def films() -> None:
    for movie in MovieFactory.create_batch(6, runtime=110):
        movie.languages.add(LanguageFactory())


def everything() -> list[int]:
    return [model.objects.count() for model in COUNTED]


def test_a_year_is_17520_shows():
    assert WHOLE == 17_520


def test_a_day_has_six_shows_on_each_screen_of_250_seats(loaded):
    assert Show.objects.count() == 2 * 4 * 6
    assert set(Show.objects.values_list("seats_total", flat=True)) == {250}


def test_every_order_is_found_by_the_words_of_its_buyer(loaded):
    for order in Order.objects.prefetch_related("words")[:50]:
        assert sorted(word.word for word in order.words.all()) == words_of_person(order.name, order.email)
        assert {word.theatre_id for word in order.words.all()} == {loaded.pk}


def test_archived_shows_have_only_their_used_seats(loaded):
    over = Show.objects.exclude(seats_dropped=None)
    assert over.exists()
    assert ShowSeat.objects.count() == 2 * 4 * 6 * 250 - over.aggregate(sum=Sum("seats_dropped"))["sum"]
    assert not ShowSeat.objects.filter(show__in=over, ticket_seats=None).exists()


def test_the_last_day_is_today(loaded):
    today = loaded.trading_day(timezone.now())
    assert set(Show.objects.values_list("trading_day", flat=True)) == {today - timedelta(days=1), today}


def test_nothing_was_bought_or_cancelled_after_now(loaded):
    now = timezone.now()
    assert not Ticket.objects.filter(confirmed_at__gt=now).exists()
    assert not Ticket.objects.filter(cancelled_at__gt=now).exists()


def test_a_good_part_of_the_seats_is_sold(loaded):
    yesterday = Show.objects.filter(trading_day__lt=loaded.trading_day(timezone.now()), status="SCHEDULED")
    sums = yesterday.aggregate(sold=Sum("admissions"), seats=Sum("seats_total"))
    assert 0.1 < sums["sold"] / sums["seats"] < 0.8


def test_the_ledger_explains_every_seat_and_every_payment(loaded):
    shows = Show.objects.order_by("-status", "pk").values_list("pk", flat=True)
    off = Show.objects.filter(status=Show.Status.CANCELLED).values_list("pk", flat=True)
    assert list(ledger_faults(Show.objects.filter(pk__in=[*shows[::6], *off[:2]]))) == []


def test_some_tickets_are_cancelled_and_refunded_by_the_theatres_rule(loaded):
    cancelled = Ticket.objects.filter(status=Ticket.Status.CANCELLED, show__status=Show.Status.SCHEDULED)
    assert cancelled.exists()
    refunds = Refund.objects.filter(ticket__in=cancelled)
    assert refunds.count() == cancelled.count()
    wrong = refunds.exclude(amount=F("payment__amount") * Decimal("0.8")).exclude(amount=0)
    assert not wrong.exists()
    assert set(refunds.values_list("payment__status", flat=True)) == {Payment.Status.PART_REFUNDED}


def test_tickets_of_a_cancelled_show_are_refunded_in_full(loaded):
    off = Show.objects.filter(status=Show.Status.CANCELLED, revision__gt=0)
    assert off.exists()
    assert not Ticket.objects.filter(show__in=off).exclude(status=Ticket.Status.CANCELLED).exists()
    assert not off.filter(admissions__gt=0).exists()
    assert not off.filter(cancellation__done_at=None).exists()


def test_tickets_of_all_kinds_at_the_prices_of_their_show(loaded):
    kinds = TicketSeat.objects.values_list("ticket_type__name", flat=True).distinct()
    assert set(kinds) == set(year_house.KINDS)
    dear = TicketSeat.objects.filter(show_seat__show__format=Show.Format.IMAX).order_by("price")
    plain = TicketSeat.objects.filter(show_seat__show__format=Show.Format.STANDARD).order_by("price")
    assert dear.first().price > plain.first().price


def test_people_book_from_minutes_to_days_ahead_and_rather_in_the_middle(loaded):
    leads = [
        (start - bought).total_seconds() / 3600
        for start, bought in Ticket.objects.values_list("show__starts_at", "confirmed_at")
    ]
    assert min(leads) < 1
    assert 5 * 24 < max(leads) < 14 * 24 + 1
    rows = ShowSeat.objects.filter(show__screen__name="Screen 2", status="BOOKED", seat__row="G")
    assert rows.filter(seat__x__range=(20, 30)).count() > rows.filter(seat__x__lt=10).count()


def test_codes_and_references_are_as_the_models_make_them(loaded):
    ticket = Ticket.objects.latest("pk")
    assert len(ticket.code) == 22
    assert len(ticket.reference) == 8


def test_running_it_again_changes_nothing(loaded):
    before = everything()
    year.load()
    assert everything() == before


def test_the_next_day_is_added_and_the_rest_stays(loaded, monkeypatch):
    monkeypatch.setattr(year, "DAYS", 3)
    before = set(Show.objects.values_list("pk", "admissions"))
    year.load()
    after = set(Show.objects.values_list("pk", "admissions"))
    assert before < after
    assert len(after - before) == 4 * 6


def test_a_month_that_is_interrupted_leaves_nothing(loaded, monkeypatch):
    monkeypatch.setattr(year, "DAYS", 3)
    before = everything()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("cinema.demo.year_sales.Sales.end", _interrupt)
        year.load()
    assert everything() == before


def _interrupt(self) -> None:
    raise KeyboardInterrupt


def test_after_a_restore_seats_can_be_bought_and_refunded(loaded):
    ticket = sold(ShowFactory(), "A1 A2")
    assert ticket.pk > Ticket.objects.filter(show__screen__theatre=loaded).latest("pk").pk
    payment = Payment.objects.filter(order__theatre=loaded, status="SUCCESS").first()
    order = RefundOrder(
        reference=payment.code,
        provider_id="",
        capture_id="",
        key="again",
        amount=to_minor(payment.amount, payment.currency),
        currency=payment.currency,
    )
    assert get_gateway(payment.gateway).refund(order).state == RefundState.DONE
