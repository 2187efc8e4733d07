"""Two tills and the website, a count during a sale, and two people at one drawer: each seat and each note once."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from cinema.exceptions import DrawerTooEmpty, ParkedSaleGone, SaleEmpty, SaleNotVoidable, SeatsUnavailable, TillCounted
from cinema.models import (
    CounterAction,
    GiftCard,
    Order,
    ParkedSale,
    Payment,
    PrintJob,
    Refund,
    Show,
    ShowSeat,
    Ticket,
    TillSession,
)
from cinema.models.codes import new_code
from cinema.selectors.money.ledger_faults import order_faults
from cinema.selectors.money.tills import in_drawer, till_faults
from cinema.services.booking.holds import hold_seats
from cinema.services.door.check_ins import Door, Scan, check_in
from cinema.services.money.counter_actions import Permission, note_reprint
from cinema.services.money.printers import open_drawer, save_printer
from cinema.services.money.tills import CashMove, Closing, close_till, count_drawer, move_cash
from cinema.services.orders import parking
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.counter import CounterSeatRequest, hold_for_sale, pay_out
from cinema.services.orders.parking import take_up
from cinema.services.orders.voids import void_order
from tests.concurrency.harness import interleave, race, without_locks
from tests.factories import (
    ShowFactory,
    counter_sale,
    paid_at_till,
    parked,
    sale_of_cards,
    seat_ids,
    sold_at_till,
    till_session,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show() -> Show:
    return ShowFactory()


@pytest.fixture
def session(show: Show) -> TillSession:
    return till_session(show.screen.theatre, float=500)


@pytest.fixture
def rivals(show: Show, session: TillSession) -> list[Callable[[], object]]:
    """Two tills and a visitor of the website, who want the same seat."""
    till_session(session.theatre)
    seats = seat_ids(show, "A1")
    tills = [
        partial(
            hold_for_sale,
            theatre=session.theatre,
            buyer=f"till {number}",
            wanted=CounterSeatRequest(show.pk, {0: 1}, seats),
            by=session.opened_by,
        )
        for number in (1, 2)
    ]
    return [*tills, partial(hold_seats, show_id=show.pk, seat_ids=seats, buyer="asha")]


def drops(session: TillSession) -> list[Callable[[], object]]:
    """Two people take 400 of the 500 in the drawer to the safe."""
    return [
        partial(
            move_cash,
            theatre=session.theatre,
            code=session.code,
            move=CashMove("DROP", Decimal(400), "", f"a key of 16 chars {number}"),
            by=session.opened_by,
        )
        for number in (1, 2)
    ]


def counting(session: TillSession) -> Callable[[], object]:
    return partial(count_drawer, theatre=session.theatre, code=session.code, counts={"500": 1}, by=session.opened_by)


def test_a_seat_is_held_at_one_of_two_tills_or_on_the_web(show: Show, rivals: list[Callable[[], object]]):
    outcomes = race(*rivals)

    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert sum(isinstance(outcome.error, SeatsUnavailable) for outcome in outcomes) == 2
    assert ShowSeat.objects.filter(show=show, status=ShowSeat.Status.HELD).count() == 1


@pytest.mark.nightly
def test_without_locks_two_of_them_believe_that_they_hold_it(rivals: list[Callable[[], object]]):
    with without_locks():
        outcomes = race(*rivals, patience=20)

    assert sum(outcome.error is None for outcome in outcomes) > 1 or any(
        not outcome.refused for outcome in outcomes if outcome.error
    )


def test_nothing_is_sold_while_the_drawer_is_counted(show: Show, session: TillSession):
    sale = counter_sale(session, show, "A1")

    _counted, sold = interleave(counting(session), partial(paid_at_till, session, sale))

    assert isinstance(sold.error, TillCounted)
    assert not Payment.objects.exists()


@pytest.mark.nightly
def test_without_locks_a_sale_is_missing_from_the_count(show: Show, session: TillSession):
    sale = counter_sale(session, show, "A1")

    with without_locks():
        _counted, sold = interleave(counting(session), partial(paid_at_till, session, sale), patience=20)

    session.refresh_from_db()
    assert sold.error is None
    assert (session.counted, in_drawer(session)) == (500, 750)


def test_two_people_sell_at_one_till_at_once(show: Show, session: TillSession):
    outcomes = race(
        *(partial(sold_at_till, session, show, name) for name in ("A1", "B1", "C1")),
    )

    assert [outcome.error for outcome in outcomes] == [None, None, None]
    assert in_drawer(session) == 1250
    assert not list(till_faults())


def test_gift_cards_in_two_windows_of_a_sale_are_sold_once(session: TillSession):
    sale = sale_of_cards(session, 50, 100)

    outcomes = race(*(partial(paid_at_till, session, sale) for _ in range(2)))

    errors = [outcome.error for outcome in outcomes]
    assert errors.count(None) == 1 and any(isinstance(error, SaleEmpty) for error in errors)
    assert sorted(GiftCard.objects.values_list("balance", flat=True)) == [50, 100]
    assert in_drawer(session) == 650


def test_the_control_with_an_order_for_each_window_they_are_sold_twice(session: TillSession, monkeypatch):
    monkeypatch.setattr("cinema.services.orders.counter.order_code", lambda buyer: new_code())
    sale = sale_of_cards(session, 50)

    race(*(partial(paid_at_till, session, sale) for _ in range(2)))

    assert GiftCard.objects.count() == 2


def test_two_people_take_no_more_out_of_a_drawer_than_is_in_it(session: TillSession):
    outcomes = race(*drops(session))

    assert sum(isinstance(outcome.error, DrawerTooEmpty) for outcome in outcomes) == 1
    assert in_drawer(session) == 100


@pytest.mark.nightly
def test_without_locks_they_take_more(session: TillSession):
    with without_locks():
        race(*drops(session), patience=20)

    assert in_drawer(session) == -300


@pytest.fixture
def payouts(settings: Any, session: TillSession) -> list[Callable[[], object]]:
    """Two tills pay out the same refund of 12.33 francs, for which 12.35 leave a drawer."""
    settings.CURRENCY = "CHF"
    show = ShowFactory(screen__theatre=session.theatre)
    show.seats.update(price=Decimal("12.33"))
    cancel_ticket(code=sold_at_till(session, show, "A1").code)
    terms = {"theatre": session.theatre, "code": Refund.objects.get().code, "by": session.opened_by}
    tills = (session, till_session(session.theatre, float=500))
    return [partial(pay_out, **terms, till=till.code, supervisor=till.opened_by) for till in tills]


def in_drawers() -> Decimal:
    return sum((in_drawer(session) for session in TillSession.objects.all()), Decimal(0))


def test_a_refund_is_paid_out_and_rounded_at_one_of_two_tills(payouts: list[Callable[[], object]]):
    outcomes = race(*payouts)

    assert [outcome.error for outcome in outcomes] == [None, None]
    assert in_drawers() == 1000
    assert not list(order_faults(Order.objects.all()))


@pytest.mark.nightly
def test_without_locks_it_is_paid_out_at_both(payouts: list[Callable[[], object]]):
    with without_locks():
        race(*payouts, patience=20)

    assert in_drawers() == Decimal("987.65")


def taking_up(session: TillSession) -> list[Callable[[], object]]:
    """Two tills take up the same parked sale."""
    sale = parked(session, ShowFactory(screen__theatre=session.theatre), "A1")
    return [partial(take_up, theatre=session.theatre, code=sale.code) for _ in range(2)]


def test_a_parked_sale_is_taken_up_at_one_of_two_tills(session: TillSession):
    outcomes = race(*taking_up(session))

    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert sum(isinstance(outcome.error, ParkedSaleGone) for outcome in outcomes) == 1


def test_a_parked_sale_whose_deletion_is_not_counted_is_taken_up_at_both(
    session: TillSession, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(parking, "_take", lambda theatre, code: ParkedSale.objects.get(theatre=theatre, code=code))

    outcomes = race(*taking_up(session))

    assert [outcome.error for outcome in outcomes] == [None, None]


def voiding(session: TillSession, ticket: Ticket, number: int = 1) -> Callable[[], object]:
    allowed = Permission(session.opened_by, session.opened_by, "WRONG_SHOW", f"a key of 16 chars {number}")
    return partial(
        void_order, theatre=session.theatre, reference=ticket.order.reference, till=session.code, permission=allowed
    )


def test_a_sale_is_voided_once_by_two_supervisors(show: Show, session: TillSession):
    ticket = sold_at_till(session, show, "A1")

    outcomes = race(*(voiding(session, ticket, number) for number in (1, 2)))

    assert sum(isinstance(outcome.error, SaleNotVoidable) for outcome in outcomes) == 1
    assert (in_drawer(session), CounterAction.objects.count()) == (500, 1)
    assert not list(till_faults())


def test_a_void_after_the_count_began_is_refused_and_changes_nothing(show: Show, session: TillSession):
    ticket = sold_at_till(session, show, "A1")

    _counted, void = interleave(counting(session), voiding(session, ticket))

    assert isinstance(void.error, TillCounted)
    assert in_drawer(session) == 750
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED


@pytest.mark.nightly
def test_without_locks_a_voided_sale_is_in_the_count(show: Show, session: TillSession):
    ticket = sold_at_till(session, show, "A1")

    with without_locks():
        _counted, void = interleave(counting(session), voiding(session, ticket), patience=20)

    assert void.error is None
    assert TillSession.objects.get().counted == in_drawer(session) == 500


def test_a_sale_whose_ticket_is_admitted_first_is_not_voided(show: Show, session: TillSession):
    ticket = sold_at_till(session, show, "A1")
    scan = Scan(ticket.code, "a key at the door", reason="early")
    admission = partial(check_in, door=Door(session.theatre, session.opened_by), scan=scan)

    admitted, void = interleave(admission, voiding(session, ticket))

    assert admitted.error is None
    assert isinstance(void.error, SaleNotVoidable)


@pytest.fixture
def closing(session: TillSession) -> list[Callable[[], object]]:
    """The till is closed while tickets that it sold are printed again, before what is on the Z report is known."""
    ticket = sold_at_till(session, ShowFactory(screen__theatre=session.theatre), "A1")
    count_drawer(theatre=session.theatre, code=session.code, counts={"50": 15}, by=session.opened_by)
    done = Closing(session.opened_by)
    allowed = Permission(session.opened_by, session.opened_by, "LOST", new_code())
    return [
        partial(close_till, theatre=session.theatre, code=session.code, closing=done),
        partial(note_reprint, session=session, order=ticket.order, permission=allowed),
    ]


def test_tickets_printed_again_while_a_till_is_closed_are_not_on_its_z_report(closing: list[Callable[[], object]]):
    outcomes = interleave(*closing)

    assert [outcome.error for outcome in outcomes] == [None, None]
    assert CounterAction.objects.get().session is None


@pytest.mark.nightly
def test_without_locks_a_z_report_counts_what_is_printed_again_after_it(closing: list[Callable[[], object]]):
    with without_locks():
        interleave(*closing, patience=20)

    assert CounterAction.objects.get().session is not None


def test_two_clicks_open_a_drawer_once(session: TillSession):
    save_printer(till=session.till, name="Star", by=session.opened_by)
    opening = partial(
        open_drawer,
        session=session,
        by=session.opened_by,
        supervisor=session.opened_by,
        reason="Change",
        key="a key of 16 chars",
    )

    outcomes = race(opening, opening)

    assert [outcome.error for outcome in outcomes] == [None, None]
    assert PrintJob.objects.count() == 1


@pytest.fixture
def payout(session: TillSession) -> Callable[[], object]:
    """A refund of a sale of 250 is paid out of the drawer."""
    cancel_ticket(code=sold_at_till(session, ShowFactory(screen__theatre=session.theatre), "A1").code)
    code, by = Refund.objects.get().code, session.opened_by
    return partial(pay_out, theatre=session.theatre, code=code, till=session.code, by=by, supervisor=by)


def test_no_refund_leaves_a_drawer_while_it_is_counted(session: TillSession, payout: Callable[[], object]):
    _counted, paid = interleave(counting(session), payout)

    assert isinstance(paid.error, TillCounted)
    assert (in_drawer(session), Refund.objects.get().status) == (750, "PENDING")


@pytest.mark.nightly
def test_without_locks_a_refund_is_paid_out_after_the_count(session: TillSession, payout: Callable[[], object]):
    with without_locks():
        _counted, paid = interleave(counting(session), payout, patience=20)

    assert paid.error is None
    assert in_drawer(session) == 500
