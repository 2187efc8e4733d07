"""Races for the same seat or ticket, on SQLite and on PostgreSQL.

Each race has a twin without protection, which must fail: so the race is known to find the fault.
"""

from functools import partial

import pytest
from django.db import IntegrityError

from cinema.exceptions import HoldExpired, NotCancellable, SeatsUnavailable
from cinema.models import Hold, Payment, PaymentMode, Refund, Show, ShowSeat, Theatre, Ticket, TicketSeat
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.holds import hold_seats, release_hold
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from tests.concurrency.harness import Outcome, Step, interleave, race, unprotected, without_locks
from tests.concurrency.invariants import wrongs
from tests.factories import (
    CONTACT,
    ShowFactory,
    booked,
    held,
    lapsed,
    order_hold,
    order_seats,
    report,
    seat,
    seat_ids,
    sold,
    ticket_of,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show() -> Show:
    return ShowFactory(screen__rows=1, screen__columns=8)


def buying(show: Show, names: str, buyer: str) -> Step:
    return partial(
        order_seats,
        show_id=show.pk,
        seat_ids=seat_ids(show, names),
        buyer=buyer,
        contact=CONTACT,
        mode=PaymentMode.CARD,
        key=f"the key of {buyer}",
    )


def holding(show: Show, names: str, buyer: str) -> Step:
    return partial(hold_seats, show_id=show.pk, seat_ids=seat_ids(show, names), buyer=buyer)


def paying(payment: Payment) -> Step:
    return partial(settle_payment, report=report(payment))


def active_lines(show: Show) -> int:
    return TicketSeat.objects.filter(ticket__show=show, active=True).count()


# --- 64 buyers for one seat --------------------------------------------------------------------


def test_of_64_buyers_of_one_seat_one_gets_it_and_63_a_conflict(show: Show):
    outcomes = race(*(buying(show, "A1", f"buyer {n}") for n in range(64)))
    losers = [outcome for outcome in outcomes if outcome.error]
    assert len(losers) == 63
    assert {type(outcome.error) for outcome in losers} == {SeatsUnavailable}
    assert active_lines(show) == 1
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_protection_one_seat_is_sold_to_several(show: Show):
    with unprotected():
        race(*(buying(show, "A1", f"buyer {n}") for n in range(8)), patience=20)
        assert active_lines(show) > 1
        assert wrongs(show)


@pytest.mark.nightly
def test_even_without_locks_the_database_does_not_sell_a_seat_twice(show: Show):
    with without_locks():
        outcomes = race(*(buying(show, "A1", f"buyer {n}") for n in range(8)), patience=20)
    assert active_lines(show) <= 1
    assert any(isinstance(outcome.error, IntegrityError) for outcome in outcomes)


# --- Overlapping pairs in opposite order -------------------------------------------------------


def test_of_overlapping_pairs_every_buyer_gets_both_seats_or_none(show: Show):
    pairs = ["A1 A2", "A2 A1", "A2 A3", "A3 A2", "A3 A4", "A4 A3", "A4 A1", "A1 A4"]
    outcomes = race(*(buying(show, pair, f"buyer {n}") for n, pair in enumerate(pairs)))
    assert all(outcome.error is None or outcome.refused for outcome in outcomes)
    tickets = Ticket.objects.filter(show=show)
    assert 1 <= len(tickets) <= 2
    assert [ticket.seats.filter(active=True).count() for ticket in tickets] == [2] * len(tickets)
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_protection_overlapping_pairs_share_a_seat(show: Show):
    with unprotected():
        race(buying(show, "A1 A2", "asha"), buying(show, "A2 A1", "bela"), patience=20)
        assert wrongs(show)


# --- Hold against expiry -----------------------------------------------------------------------


def expiry_against_hold(show: Show) -> tuple[Outcome, Outcome]:
    """Asha's hold has expired; the expiry job is about to release her seat when Bela holds it."""
    lapsed(held(show, "A1", "asha"))
    return interleave(partial(release_expired, show_id=show.pk), holding(show, "A1", "bela"))


def test_a_seat_of_an_expired_hold_goes_to_one_buyer_whatever_the_jobs_do(show: Show):
    lapsed(held(show, "A1", "asha"))
    expiry_job = partial(release_expired, show_id=show.pk)
    outcomes = race(expiry_job, *(holding(show, "A1", f"buyer {n}") for n in range(8)), expiry_job)
    holds = [outcome.value for outcome in outcomes if isinstance(outcome.value, Hold)]
    assert len(holds) == 1
    assert seat(show, "A1").hold == holds[0]
    assert wrongs(show) == []


def test_the_expiry_job_does_not_release_what_was_just_taken(show: Show):
    _, bela = expiry_against_hold(show)
    assert seat(show, "A1").hold == bela.value
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_protection_the_expiry_job_releases_a_new_hold(show: Show):
    with unprotected():
        _, bela = expiry_against_hold(show)
        assert isinstance(bela.value, Hold)
        assert seat(show, "A1").hold is None
        assert wrongs(show)


# --- Payment against expiry --------------------------------------------------------------------


def payment_against_expiry(show: Show, *, payment_first: bool) -> tuple[Payment, Outcome, Outcome]:
    """Asha's payment arrives when her hold expires and Bela holds the seat."""
    payment = booked(show, "A1", "asha")

    def run_out_and_let_bela_hold() -> Hold:
        lapsed(ticket_of(payment).hold)
        return holding(show, "A1", "bela")()

    if payment_first:
        asha, bela = interleave(paying(payment), run_out_and_let_bela_hold)
    else:
        lapsed(ticket_of(payment).hold)
        bela, asha = interleave(holding(show, "A1", "bela"), paying(payment))
    payment.refresh_from_db()
    return payment, asha, bela


@pytest.mark.parametrize("payment_first", [True, False])
def test_a_late_payment_gets_the_seat_or_the_money_back(show: Show, payment_first: bool):
    payment, asha, bela = payment_against_expiry(show, payment_first=payment_first)
    assert asha.error is None
    if payment_first:
        assert isinstance(bela.error, SeatsUnavailable)
        assert ticket_of(payment).status == Ticket.Status.CONFIRMED
        assert not payment.refunds.exists()
    else:
        assert seat(show, "A1").hold == bela.value
        assert ticket_of(payment).status == Ticket.Status.EXPIRED
        assert payment.refunds.get().reason == Refund.Reason.SEATS_GONE
    assert wrongs(show) == []


def test_a_late_payment_and_the_expiry_job_agree(show: Show):
    payment = booked(show, "A1", "asha")
    lapsed(ticket_of(payment).hold)
    interleave(paying(payment), partial(release_expired, show_id=show.pk))
    assert seat(show, "A1").status == ShowSeat.Status.BOOKED
    assert wrongs(show) == []


@pytest.mark.nightly
@pytest.mark.parametrize("payment_first", [True, False])
def test_without_protection_a_late_payment_and_a_new_hold_both_get_the_seat(show: Show, payment_first: bool):
    with unprotected():
        payment, _, bela = payment_against_expiry(show, payment_first=payment_first)
        assert ticket_of(payment).status == Ticket.Status.CONFIRMED
        assert isinstance(bela.value, Hold)
        assert wrongs(show)


def test_a_payment_reported_eight_times_at_once_counts_once(show: Show):
    payment = booked(show, "A1 A2")
    outcomes = race(*[paying(payment)] * 8)
    assert [outcome.error for outcome in outcomes] == [None] * 8
    assert wrongs(show) == []
    show.refresh_from_db()
    assert show.revision == 2  # held, booked


# --- Cancellation against check-out ------------------------------------------------------------


def cancel_against_checkout(show: Show) -> tuple[Outcome, Outcome]:
    """Asha cancels her ticket in two tabs; in between Bela checks out with the released seat."""
    Theatre.objects.update(refund_percent=0)  # looking for the money to refund is a safeguard of its own
    cancelling = partial(cancel_ticket, code=sold(show, "A1", "asha").code)
    buy = buying(show, "A1", "bela")

    def cancel_and_let_bela_buy() -> Payment:
        cancelling()
        return buy()

    return interleave(cancelling, cancel_and_let_bela_buy)


def test_a_ticket_is_cancelled_once_and_its_seat_sold_once_more(show: Show):
    first, second = cancel_against_checkout(show)
    assert first.error is None
    assert isinstance(second.error, NotCancellable)
    buying(show, "A1", "bela")()
    assert seat(show, "A1").hold.buyer == "bela"
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_protection_a_second_cancellation_takes_the_next_buyers_seat(show: Show):
    with unprotected():
        _, bela = cancel_against_checkout(show)
        assert isinstance(bela.value, Payment)
        assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE
        assert wrongs(show)


def test_a_ticket_cancelled_eight_times_at_once_is_refunded_once(show: Show):
    ticket = sold(show, "A1 A2")
    outcomes = race(*[partial(cancel_ticket, code=ticket.code)] * 8)
    assert [type(outcome.error) for outcome in outcomes if outcome.error] == [NotCancellable] * 7
    assert Refund.objects.get().amount == ticket.amount
    assert wrongs(show) == []


def test_a_seat_is_bought_only_after_its_ticket_is_cancelled(show: Show):
    ticket = sold(show, "A1", "asha")
    cancelled, *bought = race(
        partial(cancel_ticket, code=ticket.code), *(buying(show, "A1", f"buyer {n}") for n in range(8))
    )
    assert cancelled.error is None
    assert all(outcome.error is None or outcome.refused for outcome in bought)
    assert active_lines(show) <= 1
    assert wrongs(show) == []


# --- Letting a hold go against check-out -------------------------------------------------------


def release_against_checkout(show: Show) -> tuple[Outcome, Outcome]:
    """Asha releases her hold in one tab and checks out in another."""
    hold = held(show, "A1", "asha")
    return interleave(
        partial(release_hold, code=hold.code, buyer="asha"),
        partial(order_hold, code=hold.code, buyer="asha", contact=CONTACT, mode=PaymentMode.UPI, key="checkout"),
    )


def test_a_released_hold_cannot_be_checked_out(show: Show):
    release, checkout = release_against_checkout(show)
    assert release.error is None
    assert isinstance(checkout.error, HoldExpired)
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_protection_a_hold_is_let_go_and_checked_out(show: Show):
    with unprotected():
        release, checkout = release_against_checkout(show)
        assert (release.error, checkout.error) == (None, None)


# --- The controls themselves -------------------------------------------------------------------


def test_the_protection_is_back_after_a_control(show: Show):
    with unprotected():
        pass
    payment = booked(show, "A1")
    line = TicketSeat.objects.get(ticket=ticket_of(payment))
    with pytest.raises(IntegrityError):
        TicketSeat.objects.create(ticket=ticket_of(payment), show_seat=line.show_seat, price=1)
    assert wrongs(show) == []
