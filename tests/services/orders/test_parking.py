"""Sales that are parked or reserved at the counter: what is held for them, how long, and who takes them up."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.models.functions import Now

from cinema.exceptions import ParkedSaleGone, ReservationTooLate, SaleEmpty, SalePartPaid, SeatsUnavailable
from cinema.models import Hold, ParkedSale, SeatEvent, Show, ShowSeat, TillSession
from cinema.selectors.orders.counter import SaleInput, sale_in_hand
from cinema.selectors.orders.parking import parked_sales
from cinema.services.booking.expiry import release_all_expired
from cinema.services.orders.counter import CounterSale, drop_sale
from cinema.services.orders.parking import Parking, forget_parked_sales, park_sale, release_parked, take_up
from tests.factories import (
    ShowFactory,
    TheatreFactory,
    counter_sale,
    coupon,
    held,
    lapsed,
    paid_at_till,
    parked,
    seat,
    ticket_of,
    till_session,
)

pytestmark = pytest.mark.django_db

HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def show() -> Show:
    return ShowFactory()


@pytest.fixture
def session(show) -> TillSession:
    return till_session(show.screen.theatre, float=500)


@pytest.fixture(autouse=True)
def books_agree():
    """Whatever a test does, every seat is explained afterwards."""
    yield
    call_command("check_ledger")


def taken_up(session, sale) -> tuple[str, SaleInput]:
    return take_up(theatre=session.theatre, code=sale.code)


def test_a_parked_sale_is_taken_up_as_it_was_and_sold(session, show):
    coupon(session.theatre, code="TEN")
    sale = counter_sale(session, show, "A1 A2")
    chosen = SaleInput({seat(show, "A1").pk: 7}, "TEN", ["V"], ["G"])
    made = park_sale(theatre=session.theatre, parking=Parking(sale.buyer, chosen, "red hat"), by=session.opened_by)
    [listed] = parked_sales(session.theatre)
    assert (listed.sale.word, listed.seats, [hold.show for hold in listed.holds]) == ("red hat", 2, [show])
    assert taken_up(session, made) == (sale.buyer, chosen)
    assert not parked_sales(session.theatre)
    assert ticket_of(paid_at_till(session, sale)).status == "CONFIRMED"


def test_the_holds_of_a_parked_sale_keep_their_time(session, show):
    parked(session, show, "A1")
    hold = Hold.objects.get()
    assert hold.expires_at - hold.created_at == timedelta(minutes=10)
    [listed] = parked_sales(session.theatre)
    assert 590 < listed.left <= 600


def test_a_parked_sale_whose_time_is_over_is_said_to_be(session, show):
    sale = parked(session, show, "A1")
    lapsed(Hold.objects.get())
    [listed] = parked_sales(session.theatre)
    assert (listed.holds, listed.ends_at, listed.left) == ([], None, 0)
    held(show, "A1")
    buyer, chosen = taken_up(session, sale)
    assert sale_in_hand(session.theatre, buyer, chosen) is None
    with pytest.raises(SaleEmpty):
        paid_at_till(session, CounterSale(session, buyer, chosen, seen=None))


def test_a_reservation_holds_until_half_an_hour_before_the_show(session, show):
    sale = parked(session, show, "A1", before=HALF_AN_HOUR)
    assert sale.until == Hold.objects.get().expires_at == show.starts_at - HALF_AN_HOUR
    with pytest.raises(SeatsUnavailable):
        held(show, "A1", buyer="somebody on the web")


def test_the_first_show_decides_for_several(session, show):
    later = ShowFactory(screen__theatre=session.theatre, starts_at=show.starts_at + timedelta(days=1))
    counter_sale(session, later, "A1")
    counter_sale(session, show, "A1")
    parking = Parking("counter", SaleInput(), "Asha", HALF_AN_HOUR)
    park_sale(theatre=session.theatre, parking=parking, by=session.opened_by)
    assert set(Hold.objects.values_list("expires_at", flat=True)) == {show.starts_at - HALF_AN_HOUR}


def test_a_reservation_frees_its_seats_by_itself(session, show):
    parked(session, show, "A1 A2", before=HALF_AN_HOUR)
    Hold.objects.update(expires_at=Now() - timedelta(seconds=1))  # the deadline has come
    release_all_expired()
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE
    assert held(show, "A1", buyer="somebody on the web").status == "ACTIVE"


def test_a_reservation_that_is_taken_up_has_the_time_of_a_sale(session, show):
    sale = parked(session, show, "A1", before=HALF_AN_HOUR)
    buyer, chosen = taken_up(session, sale)
    in_hand = sale_in_hand(session.theatre, buyer, chosen)
    assert 590 < in_hand.left <= 600
    drop_sale(buyer=buyer, by=session.opened_by)
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE


def test_taking_up_a_reservation_in_its_last_minute_does_not_prolong_it(session, show):
    sale = parked(session, show, "A1", before=HALF_AN_HOUR)
    Hold.objects.update(expires_at=Now() + timedelta(minutes=1))
    in_hand = sale_in_hand(session.theatre, *taken_up(session, sale))
    assert in_hand.left <= 60


def test_a_reservation_that_would_be_over_already_is_refused(session, show):
    with pytest.raises(ReservationTooLate):
        parked(session, show, "A1", before=timedelta(days=30))
    assert not ParkedSale.objects.exists()
    hold = Hold.objects.get()
    assert hold.expires_at - hold.created_at == timedelta(minutes=10)


def test_a_group_is_larger_than_what_buyers_may_hold(session, settings):
    settings.MAX_SEATS = 4
    hall = ShowFactory(screen__theatre=session.theatre, screen__rows=5, screen__columns=10)
    sale = counter_sale(session, hall, party=30)
    parking = Parking(sale.buyer, sale.chosen, "School 5", HALF_AN_HOUR)
    made = park_sale(theatre=session.theatre, parking=parking, by=session.opened_by)
    assert parked_sales(session.theatre)[0].seats == 30
    taken_up(session, made)
    assert ticket_of(paid_at_till(session, sale)).seats.count() == 30


def test_a_sale_is_taken_up_once_and_at_its_theatre(session, show):
    sale = parked(session, show, "A1")
    with pytest.raises(ParkedSaleGone):
        take_up(theatre=TheatreFactory(), code=sale.code)
    taken_up(session, sale)
    with pytest.raises(ParkedSaleGone):
        taken_up(session, sale)
    with pytest.raises(ParkedSaleGone):
        release_parked(theatre=session.theatre, code=sale.code, by=session.opened_by)


def test_a_parked_sale_is_released(session, show):
    sale = parked(session, show, "A1", before=HALF_AN_HOUR)
    release_parked(theatre=session.theatre, code=sale.code, by=session.opened_by)
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE
    assert not parked_sales(session.theatre)
    released = SeatEvent.objects.get(action="RELEASE")
    assert (released.actor, released.user) == ("STAFF", session.opened_by)


def test_neither_an_empty_sale_nor_one_that_is_paid_in_part_is_parked(session, show):
    sale = counter_sale(session, show, "A1 A2")
    paid_at_till(session, sale, amount=100)
    for buyer, refusal in (("nobody", SaleEmpty), (sale.buyer, SalePartPaid)):
        with pytest.raises(refusal):
            parking = Parking(buyer, SaleInput(), "Asha")
            park_sale(theatre=session.theatre, parking=parking, by=session.opened_by)


def test_words_are_forgotten_a_day_after_the_seats_were_released(session, show):
    waiting = parked(session, show, "A1", before=HALF_AN_HOUR)
    for name in ("A2", "A3"):
        parked(session, show, name)
    ParkedSale.objects.update(parked_at=Now() - timedelta(days=3))
    Hold.objects.filter(seats__seat__number=2).update(expires_at=Now() - timedelta(days=2))
    Hold.objects.filter(seats__seat__number=3).update(expires_at=Now() - timedelta(hours=2))
    assert forget_parked_sales() == 1
    assert ParkedSale.objects.count() == 2
    assert waiting in ParkedSale.objects.all()
