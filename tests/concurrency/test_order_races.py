"""Staff and buyers at one ticket at once; cancelling a show while buyers pay. For the twins see test_races.py."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction

from cinema.exceptions import OrderChanged, SeatsUnavailable, ShowNotOnSale
from cinema.exceptions.database import Overtaken
from cinema.models import AuditEvent, Refund, SeatEvent, SeatUpgrade, Show, ShowSeat, Theatre, Ticket, User
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.booking.locked import locked_payment
from cinema.services.core.locking import lock_ticket
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.buyer_exchanges import ExchangeChoice, exchange_ticket
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.orders import cancel_order, give_goodwill, return_seats
from cinema.services.orders.show_cancellations import cancel_show, process_cancellation
from cinema.services.orders.staff_actions import RequestedAction
from cinema.services.orders.upgrades import UpgradeRequest, begin_upgrade
from tests.concurrency.harness import Step, interleave, race, unprotected, without_locks
from tests.concurrency.invariants import wrongs
from tests.concurrency.test_races import holding
from tests.factories import (
    BOX_OFFICE,
    MANAGER,
    ShowFactory,
    booked,
    coupon,
    held,
    order_holds,
    report,
    seat_ids,
    sold,
    staff,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show() -> Show:
    return ShowFactory(screen__rows=1, screen__columns=8)


@pytest.fixture
def other(show: Show) -> Show:
    return ShowFactory(screen__theatre=show.screen.theatre, screen__rows=1, screen__columns=8, movie=show.movie)


@pytest.fixture
def people(show: Show) -> list[User]:
    return [staff(show.screen.theatre, BOX_OFFICE, MANAGER, email=f"{name}@example.org") for name in ("mana", "ben")]


def goodwill(ticket: Ticket, user: User, amount: int, key: str = "") -> Step:
    requested = RequestedAction(user, "it was cold", 0, key or user.email)
    return partial(give_goodwill, code=ticket.code, amount=Decimal(amount), requested=requested)


def exchanging(ticket: Ticket, show: Show, user: User, names: str = "A1") -> Step:
    requested = RequestedAction(user, "late train", 0, "exchange")
    return partial(
        exchange_order, code=ticket.code, show_id=show.pk, seat_ids=seat_ids(show, names), requested=requested
    )


def cancelling_show(show: Show, user: User) -> Step:
    return partial(cancel_show, show_id=show.pk, user=user, reason="no light", remedy="REFUND")


def refunded() -> Decimal:
    return sum((refund.amount for refund in Refund.objects.all()), Decimal(0))


def refusals(outcomes: Iterator) -> list[type]:
    assert all(outcome.error is None or outcome.refused for outcome in outcomes), outcomes
    return [type(outcome.error) for outcome in outcomes if outcome.error]


# --- Two at the box office -----------------------------------------------------------------------


def test_of_two_simultaneous_refunds_the_second_gets_a_conflict(show: Show, people: list[User]):
    ticket = sold(show, "A1")
    outcomes = race(*(goodwill(ticket, user, 200) for user in people))
    assert refusals(outcomes) == [OrderChanged]
    assert refunded() == 200
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_locks_neither_gets_a_conflict_and_the_revenue_is_wrong(show: Show, people: list[User]):
    ticket = sold(show, "A1")
    with without_locks():
        race(*(goodwill(ticket, user, 100) for user in people), patience=20)
        assert refunded() == 200
        assert wrongs(show)


def test_a_click_that_comes_eight_times_gives_back_once(show: Show, people: list[User]):
    ticket = sold(show, "A1")
    outcomes = race(*[goodwill(ticket, people[0], 100, "one")] * 8)
    assert refusals(outcomes) == []
    assert refunded() == 100
    assert AuditEvent.objects.count() == 1
    assert wrongs(show) == []


def test_returned_seats_and_a_cancelled_order_never_refund_twice(show: Show, people: list[User]):
    ticket = sold(show, "A1 A2")
    one, two = (RequestedAction(user, "ill", 0, user.email) for user in people)
    outcomes = race(
        partial(return_seats, code=ticket.code, seat_ids=seat_ids(show, "A1"), requested=one),
        partial(cancel_order, code=ticket.code, requested=two, amount=Decimal(500)),
        partial(cancel_ticket, code=ticket.code),
    )
    assert refusals(outcomes)
    assert refunded() <= 500
    assert wrongs(show) == []


# --- An exchange against the buyer's own cancellation -----------------------------------------------


@pytest.mark.parametrize("exchange_first", [True, False])
def test_an_exchanged_ticket_is_cancelled_where_it_is_now(
    show: Show, other: Show, people: list[User], exchange_first: bool
):
    ticket = sold(show, "A1")
    steps = [exchanging(ticket, other, people[0]), partial(cancel_ticket, code=ticket.code)]
    outcomes = interleave(*(steps if exchange_first else reversed(steps)))
    assert len(refusals(outcomes)) == (0 if exchange_first else 1)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.show) == ("CANCELLED", other if exchange_first else show)
    assert refunded() == 250
    assert wrongs(show) == wrongs(other) == []


@pytest.mark.only("postgresql")  # SQLite locks nothing row by row
@pytest.mark.parametrize("lock", [lock_ticket, locked_payment])
def test_a_step_that_waited_for_the_show_of_an_exchanged_ticket_begins_again(
    show: Show, other: Show, people: list[User], lock: Callable[..., object]
):
    ticket = sold(show, "A1")
    code = ticket.code if lock is lock_ticket else ticket.order.payments.get().code

    def locking() -> None:
        with transaction.atomic():
            lock(code=code)

    exchanged, waited = interleave(exchanging(ticket, other, people[0]), locking)

    assert exchanged.error is None
    assert isinstance(waited.error, Overtaken)  # else it would have locked the seats of a show before the show


def test_a_crowd_at_one_ticket_leaves_both_ledgers_clean(show: Show, other: Show, people: list[User]):
    ticket, opposite = sold(show, "A1"), sold(other, "A2")
    outcomes = race(
        exchanging(ticket, other, people[0]),
        exchanging(opposite, show, people[1], "A2"),
        partial(cancel_ticket, code=ticket.code),
        goodwill(opposite, people[0], 10),
        holding(other, "A1", "bela"),
    )
    refusals(outcomes)
    assert wrongs(show) == wrongs(other) == []


@pytest.mark.nightly
def test_without_protection_an_exchange_and_a_cancellation_spoil_the_ledgers(
    show: Show, other: Show, people: list[User]
):
    with unprotected():
        ticket = sold(show, "A1")
        interleave(exchanging(ticket, other, people[0]), partial(cancel_ticket, code=ticket.code))
        assert wrongs(show) + wrongs(other)


# --- An exchange by the buyer ----------------------------------------------------------------------------


@pytest.fixture
def third(show: Show) -> Show:
    return ShowFactory(screen__theatre=show.screen.theatre, screen__rows=1, screen__columns=8, movie=show.movie)


def exchanging_as_buyer(ticket: Ticket, show: Show, names: str = "A1 A2") -> Step:
    Theatre.objects.update(buyer_exchanges=True)
    choice = ExchangeChoice(show.pk, seat_ids(show, names))
    return partial(exchange_ticket, code=ticket.code, choice=choice, seen=Decimal(0))


def is_at_one_show(ticket: Ticket, *shows: Show) -> bool:
    """Whether the ticket has two seats at the show that it is for, and none elsewhere."""
    ticket.refresh_from_db()
    sold_at = [show for show in shows for _seat in ShowSeat.objects.filter(show=show, status=ShowSeat.Status.BOOKED)]
    return sold_at == [ticket.show] * 2 and [found for show in shows for found in wrongs(show)] == []


def test_two_exchanges_of_a_ticket_at_once_leave_it_at_one_show(show: Show, other: Show, third: Show):
    ticket = sold(show, "A1 A2")
    outcomes = race(exchanging_as_buyer(ticket, other), exchanging_as_buyer(ticket, third))
    refusals(outcomes)
    assert is_at_one_show(ticket, show, other, third)


def test_the_same_exchange_sent_eight_times_at_once_happens_once(show: Show, other: Show):
    ticket = sold(show, "A1 A2")
    outcomes = race(*[exchanging_as_buyer(ticket, other)] * 8)
    assert refusals(outcomes) == []
    assert is_at_one_show(ticket, show, other)
    assert SeatEvent.objects.filter(ticket=ticket, action="MOVE_IN").count() == 2


def test_of_two_buyers_who_want_the_same_seats_one_keeps_the_ticket_as_it_was(show: Show, other: Show):
    ticket = sold(show, "A1 A2")
    outcomes = race(exchanging_as_buyer(ticket, other), holding(other, "A1", "bela"))
    assert refusals(outcomes) == [SeatsUnavailable]
    ticket.refresh_from_db()
    assert ticket.show == (show if outcomes[0].error else other)
    assert wrongs(show) == wrongs(other) == []


@pytest.mark.parametrize("exchange_first", [True, False])
def test_a_ticket_exchanged_and_cancelled_by_its_buyer_is_refunded_once(show: Show, other: Show, exchange_first: bool):
    ticket = sold(show, "A1 A2")
    steps = [exchanging_as_buyer(ticket, other), partial(cancel_ticket, code=ticket.code)]
    outcomes = interleave(*(steps if exchange_first else reversed(steps)))
    assert len(refusals(outcomes)) == (0 if exchange_first else 1)
    assert refunded() == 500
    assert wrongs(show) == wrongs(other) == []


@pytest.mark.nightly
def test_without_protection_an_exchanged_ticket_is_at_two_shows(show: Show, other: Show, third: Show):
    with unprotected():
        ticket = sold(show, "A1 A2")
        interleave(exchanging_as_buyer(ticket, other), exchanging_as_buyer(ticket, third))
        assert not is_at_one_show(ticket, show, other, third)


# --- Two tickets that share a coupon ---------------------------------------------------------------------


def two_for_one(show: Show, other: Show) -> list[Ticket]:
    """The tickets of one order of two seats, of which a coupon makes one free."""
    coupon(show.screen.theatre, code="PAIR", kind="N_FOR_M", value=0, buy=2, pay=1)
    payment = order_holds(held(show, "A1"), held(other, "A1"), coupon="PAIR")
    settle_payment(report=report(payment))
    return list(payment.order.tickets.order_by("pk"))


def test_tickets_that_share_a_coupon_are_cancelled_at_once_and_refunded_once(show: Show, other: Show):
    tickets = two_for_one(show, other)
    outcomes = race(*(partial(cancel_ticket, code=ticket.code) for ticket in tickets))
    assert refusals(outcomes) == []
    assert refunded() == 250
    assert unexplained_seats(show) == unexplained_seats(other) == []


@pytest.mark.only("postgresql")  # SQLite locks nothing row by row
def test_a_ticket_is_not_cancelled_while_another_of_its_deal_is_exchanged(show: Show, other: Show, third: Show):
    first, second = two_for_one(show, other)
    moving = exchanging_as_buyer(second, third, "A1")
    outcomes = interleave(moving, partial(cancel_ticket, code=first.code))
    assert refusals(outcomes) == []
    second.refresh_from_db()
    assert (second.show, second.kept + refunded()) == (third, 250)
    assert unexplained_seats(show) == unexplained_seats(other) == unexplained_seats(third) == []


@pytest.mark.nightly
def test_without_protection_tickets_that_share_a_coupon_cost_nothing(show: Show, other: Show):
    with unprotected():
        tickets = two_for_one(show, other)
        interleave(*(partial(cancel_ticket, code=ticket.code) for ticket in tickets))
        assert refunded() != 250 or unexplained_seats(show) + unexplained_seats(other)


# --- A cancelled show while somebody pays ---------------------------------------------------------------


@pytest.mark.parametrize("pays_first", [True, False])
def test_a_payment_during_the_cancellation_of_its_show_is_refunded(show: Show, people: list[User], pays_first: bool):
    payment = booked(show, "A1")
    steps = [partial(settle_payment, report=report(payment)), cancelling_show(show, people[0])]
    _, off = outcomes = interleave(*steps) if pays_first else tuple(reversed(interleave(*reversed(steps))))
    assert refusals(outcomes) == []
    process_cancellation(cancellation=off.value)
    assert refunded() == 250
    assert Refund.objects.get().reason == "SHOW_CANCELLED"
    show.refresh_from_db()
    assert (show.status, show.revenue, show.admissions) == ("CANCELLED", 0, 0)
    assert wrongs(show) == []


def test_nobody_holds_a_seat_while_the_show_is_being_cancelled(show: Show, people: list[User]):
    outcomes = interleave(cancelling_show(show, people[0]), holding(show, "A1", "bela"))
    assert refusals(outcomes) == [ShowNotOnSale]
    assert wrongs(show) == []


def test_two_parallel_runs_refund_every_buyer_once(show: Show, people: list[User]):
    for number in range(1, 5):
        sold(show, f"A{number}", f"buyer {number}")
    off = cancelling_show(show, people[0])()
    outcomes = race(
        *[partial(process_cancellation, cancellation=off)] * 2, partial(cancel_ticket, code=Ticket.objects.first().code)
    )
    refusals(outcomes)
    assert refunded() == 1000
    assert Refund.objects.count() == 4
    assert wrongs(show) == []


# --- Dearer seats, for which the buyer pays the difference --------------------------------------------------------


@pytest.fixture
def dearer(show: Show) -> Show:
    return ShowFactory(
        screen__theatre=show.screen.theatre, screen__rows=1, screen__columns=8, movie=show.movie, price=300
    )


def upgrading(ticket: Ticket, show: Show, names: str = "A1 A2", key: str = "the key of a form") -> Step:
    Theatre.objects.update(buyer_exchanges=True)
    choice, request = ExchangeChoice(show.pk, seat_ids(show, names)), UpgradeRequest("UPI", key, Decimal(100))
    return partial(begin_upgrade, code=ticket.code, choice=choice, request=request)


def kept(ticket: Ticket) -> tuple[str, Decimal]:
    ticket.refresh_from_db()
    return ticket.status, ticket.kept


def test_two_clicks_at_once_open_one_payment_for_dearer_seats(show: Show, dearer: Show):
    ticket = sold(show, "A1 A2")
    outcomes = race(*(upgrading(ticket, dearer, key=f"the key of form {number}") for number in range(6)))
    assert refusals(outcomes) == []
    assert len({outcome.value for outcome in outcomes}) == SeatUpgrade.objects.count() == 1


def test_a_payment_that_is_reported_eight_times_at_once_exchanges_once(show: Show, dearer: Show):
    ticket = sold(show, "A1 A2")
    payment = upgrading(ticket, dearer)()
    outcomes = race(*[partial(settle_payment, report=report(payment))] * 8)
    assert refusals(outcomes) == []
    assert (kept(ticket), refunded()) == (("CONFIRMED", 600), 0)
    assert is_at_one_show(ticket, show, dearer)


@pytest.mark.parametrize("pays_first", [True, False])
def test_a_ticket_cancelled_while_its_difference_is_paid_is_refunded_in_full(
    show: Show, dearer: Show, pays_first: bool
):
    ticket = sold(show, "A1 A2")
    payment = upgrading(ticket, dearer)()
    steps = [partial(settle_payment, report=report(payment)), partial(cancel_ticket, code=ticket.code)]
    outcomes = interleave(*(steps if pays_first else reversed(steps)))
    assert refusals(outcomes) == []
    assert (kept(ticket), refunded()) == (("CANCELLED", 0), 600)
    assert wrongs(show) == wrongs(dearer) == []


@pytest.mark.nightly
def test_without_protection_a_cancelled_ticket_is_exchanged_and_spoils_the_ledgers(show: Show, dearer: Show):
    with unprotected():
        ticket = sold(show, "A1 A2")
        payment = upgrading(ticket, dearer)()
        interleave(partial(cancel_ticket, code=ticket.code), partial(settle_payment, report=report(payment)))
        assert wrongs(show) + wrongs(dearer)
