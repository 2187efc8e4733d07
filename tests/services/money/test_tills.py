"""Tills: floats, cash moved, blind counts, differences, Z reports, and the ledger that proves them."""

from decimal import Decimal

import pytest

from cinema.exceptions import (
    DrawerTooEmpty,
    TillCounted,
    TillInSession,
    TillNameTaken,
    TillNotCounted,
    TillNotInUse,
    TillNotOpen,
    VarianceUnexplained,
)
from cinema.models import AuditEvent, CashMovement, MoneyEntry, TillSession, User
from cinema.selectors.money.tills import in_drawer, report_of, till_faults
from cinema.services.money.tills import CashMove, Closing, close_till, count_drawer, move_cash, open_till, save_till
from tests.factories import BOX_OFFICE, MANAGER, TheatreFactory, UserFactory, staff, till_session
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre():
    return TheatreFactory()


@pytest.fixture
def seller(theatre) -> User:
    return staff(theatre, BOX_OFFICE)


@pytest.fixture
def session(theatre, seller) -> TillSession:
    return till_session(theatre, seller, float=500)


def moved(session, kind, amount, reason="stamps", key="a key of 16 chars") -> CashMovement:
    move = CashMove(kind, Decimal(amount), reason, key)
    return move_cash(theatre=session.theatre, code=session.code, move=move, by=session.opened_by)


def counted(session, **counts) -> TillSession:
    counts = {coin.removeprefix("of_"): number for coin, number in counts.items()}
    return count_drawer(theatre=session.theatre, code=session.code, counts=counts, by=session.opened_by)


def closed(session, reason="", witness=None) -> TillSession:
    closing = Closing(session.opened_by, reason, witness)
    return close_till(theatre=session.theatre, code=session.code, closing=closing)


def balance(account) -> Decimal:
    entries = MoneyEntry.objects.all()
    came = sum(entry.amount for entry in entries if entry.debit == account)
    return came - sum(entry.amount for entry in entries if entry.credit == account)


def test_a_float_comes_from_the_safe(session):
    assert in_drawer(session) == 500
    assert balance("safe") == -500
    assert balance(f"drawer:{session.till_id}") == 500


def test_a_till_has_one_open_session(session, seller):
    with pytest.raises(TillInSession):
        open_till(theatre=session.theatre, pk=session.till_id, counts={}, by=seller)


def test_a_till_with_a_session_is_not_put_out_of_use(session, seller):
    with pytest.raises(TillInSession):
        save_till(theatre=session.theatre, pk=session.till_id, name="Bar", active=False, by=seller)


def test_a_till_out_of_use_is_not_opened(theatre, seller):
    till = save_till(theatre=theatre, name="Bar", active=False, by=seller)
    with pytest.raises(TillNotInUse):
        open_till(theatre=theatre, pk=till.pk, counts={}, by=seller)


@pytest.mark.both
def test_a_theatre_has_each_name_of_a_till_once(theatre, seller):
    save_till(theatre=theatre, name="Bar", by=seller)
    with pytest.raises(TillNameTaken):
        save_till(theatre=theatre, name="Bar", by=seller)


def test_cash_is_dropped_paid_in_and_paid_out(session):
    moved(session, "DROP", 200, reason="", key="drop with a key")
    moved(session, "PAID_IN", 50, key="paid in with a key")
    moved(session, "PAID_OUT", 20, key="paid out with a key")
    assert in_drawer(session) == 330
    assert (balance("safe"), balance("petty_cash")) == (-300, -30)
    report = report_of(session)
    assert (report.dropped, report.paid_in, report.paid_out) == (200, 50, 20)
    assert not list(till_faults())


@pytest.mark.both
def test_a_movement_that_is_sent_twice_is_booked_once(session):
    assert moved(session, "DROP", 200) == moved(session, "DROP", 200)
    assert in_drawer(session) == 300


def test_a_drawer_gives_no_more_than_it_has(session):
    with pytest.raises(DrawerTooEmpty):
        moved(session, "PAID_OUT", "500.01")
    assert in_drawer(session) == 500


def test_a_counted_drawer_is_closed_with_the_next_number(session, seller):
    counted(session, of_500=1)
    first = closed(session)
    again = open_till(theatre=session.theatre, pk=session.till_id, counts={"10": 1}, by=seller)
    counted(again, of_10=1)
    assert (first.z_number, first.variance, closed(again).z_number) == (1, 0, 2)
    assert balance(f"drawer:{session.till_id}") == balance("safe") == 0
    assert not list(till_faults())


def test_each_theatre_counts_its_own_reports(session):
    other = till_session(TheatreFactory(), float=0)
    for one in (session, other):
        counted(one, of_500=1 if one is session else 0)
        assert closed(one).z_number == 1


def test_a_drawer_is_not_closed_uncounted(session):
    with pytest.raises(TillNotCounted):
        closed(session)


def test_nothing_is_moved_once_the_drawer_is_counted(session):
    counted(session, of_500=1)
    with pytest.raises(TillCounted):
        moved(session, "DROP", 1)


@pytest.mark.parametrize(("coins", "variance", "account"), [(499, -1, 1), (501, 1, -1)])
def test_a_difference_of_the_smallest_coin_needs_a_second_person(session, coins, variance, account):
    counted(session, of_1=coins)
    with pytest.raises(VarianceUnexplained):
        closed(session, "wrong change")
    with pytest.raises(VarianceUnexplained):
        closed(session, "wrong change", witness=session.opened_by)
    with pytest.raises(VarianceUnexplained):
        closed(session, witness=UserFactory())
    done = closed(session, "wrong change", witness=staff(session.theatre, MANAGER))
    assert (done.variance, balance("drawer_variance")) == (variance, account)
    assert not list(till_faults())


def test_every_count_of_a_drawer_is_in_the_audit_trail(session):
    counted(session, of_1=499)
    counted(session, of_500=1)
    events = AuditEvent.objects.filter(action="TILL", details__has_key="counted").order_by("pk")
    assert [event.details for event in events] == [
        {"counted": "499.00", "expected": "500.00"},
        {"counted": "500.00", "expected": "500.00"},
    ]


@pytest.mark.parametrize("act", [counted, closed, lambda session: moved(session, "PAID_IN", 1)])
def test_a_closed_session_stays_closed(session, act):
    counted(session, of_500=1)
    closed(session)
    with pytest.raises(TillNotOpen):
        act(session)


def test_the_check_finds_a_drawer_that_its_movements_do_not_explain(session):
    moved(session, "DROP", 200)
    with alterable_trail():
        CashMovement.objects.update(amount=100)
    assert [str(fault) for fault in till_faults()] == [
        f"Session {session.pk} of till Till 1: its drawer has 300.00 and should have 400.00"
    ]


def test_the_check_finds_a_gap_in_the_numbers(session):
    counted(session, of_500=1)
    closed(session)
    with alterable_trail():
        TillSession.objects.update(z_number=2)
    assert list(till_faults()) == [f"Theatre {session.theatre_id} has 1 Z reports, but their last number is 2"]


def test_a_closed_till_is_altered_by_nobody(session):
    counted(session, of_500=1)
    done = closed(session)
    done.reason = "none"
    with pytest.raises(Exception, match="only ever added to"):
        done.save()
