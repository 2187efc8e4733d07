"""Voids: a sale of this till session is undone as a whole, with a permission and a reason, and counted."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, transaction

from cinema.exceptions import DrawerTooEmpty, IdempotencyKeyReused, SaleNotVoidable, TillCounted
from cinema.models import AuditEvent, CounterAction, Order, Payment, Refund, SeatEvent, ShowSeat, TillSession
from cinema.models.codes import new_code
from cinema.selectors.figures.ledger import ledger_faults
from cinema.selectors.money.counter_actions import actions_by_seller
from cinema.selectors.money.tills import in_drawer, report_of, till_faults
from cinema.selectors.orders.counter import SaleInput
from cinema.services.door.check_ins import Door, Scan, check_in
from cinema.services.money.counter_actions import Permission
from cinema.services.money.printers import print_in_browser
from cinema.services.money.tills import CashMove, count_drawer, move_cash
from cinema.services.orders.orders import cancel_order, give_goodwill
from cinema.services.orders.staff_actions import RequestedAction
from cinema.services.orders.voids import void_order
from tests.factories import (
    MANAGER,
    ShowFactory,
    counter_sale,
    gift_card,
    paid_at_till,
    seat,
    sold,
    sold_at_till,
    staff,
    starting_in,
    tax_rule,
    till_session,
)
from tests.mails import outbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory()


@pytest.fixture
def session(show):
    return till_session(show.screen.theatre, float=500)


@pytest.fixture
def boss(session):
    return staff(session.theatre, MANAGER)


def voided(session: TillSession, order: Order, boss, **more) -> Order:
    allowed = Permission(session.opened_by, boss, "WRONG_SHOW", more.pop("key", new_code()))
    void_order(theatre=session.theatre, reference=order.reference, till=session.code, permission=allowed)
    order.refresh_from_db()
    return order


def test_cash_leaves_the_drawer_and_the_seats_are_free_again(session, show, boss):
    ticket = sold_at_till(session, show, "A1 A2")
    assert in_drawer(session) == 1000
    assert voided(session, ticket.order, boss).status == "CANCELLED"
    assert in_drawer(session) == 500
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE
    refund = Refund.objects.get()
    assert (refund.reason, refund.status, refund.paid_by) == ("VOIDED", "DONE", session.opened_by)
    show.refresh_from_db()
    assert (show.revenue, show.admissions) == (0, 0)
    assert not list(till_faults())
    assert not list(ledger_faults())
    assert not outbox()


def test_the_report_of_the_session_says_no_tax_of_what_was_voided(session, show, boss):
    tax_rule(session.theatre, 18)
    kept = report_of(sold_at_till(session, show, "A1").order.payments.get().till_session).taxes
    ticket = sold_at_till(session, show, "A2 A3")
    paid_by_card = counter_sale(
        session, show, "A4", chosen=SaleInput(gift_cards=[gift_card(session.theatre, 100).code])
    )
    split = paid_at_till(session, paid_by_card).order
    assert kept[0].net > 0 and report_of(session).taxes != kept

    voided(session, ticket.order, boss)
    voided(session, split, boss)

    assert report_of(session).taxes == kept


def test_all_tenders_of_a_split_sale_at_two_shows_go_back(session, show, boss):
    other, card = ShowFactory(screen__theatre=session.theatre), gift_card(session.theatre, 100)
    chosen = SaleInput(gift_cards=[card.code])
    counter_sale(session, show, "A1", chosen=chosen)
    sale = counter_sale(session, other, "A1", chosen=chosen)
    paid_at_till(session, sale, "TERMINAL", 150, reference="T 1")
    order = paid_at_till(session, sale).order
    assert order.tickets.count() == 2
    assert voided(session, order, boss).status == "CANCELLED"
    card.refresh_from_db()
    assert (card.balance, in_drawer(session)) == (100, 500)
    assert set(Payment.objects.filter(order=order).values_list("status", flat=True)) == {"REFUNDED"}
    assert not list(ledger_faults())


def test_it_is_counted_for_the_seller_and_who_allowed_it_is_recorded(session, show, boss):
    order = voided(session, sold_at_till(session, show, "A1 A2").order, boss)
    [one] = report_of(session).actions
    assert (one.seller, one.kind, one.reason, one.number, one.seats, one.amount) == (
        *(session.opened_by, "VOID", "WRONG_SHOW"),
        *(1, 2, 500),
    )
    action, event = CounterAction.objects.get(), AuditEvent.objects.get(action="COUNTER")
    assert (action.order, action.allowed_by) == (order, boss)
    assert (event.user, event.details["allowed_by"], event.reason) == (
        session.opened_by,
        boss.pk,
        "wrong show or seats",
    )


def test_a_second_click_changes_nothing(session, show, boss):
    order, key = sold_at_till(session, show, "A1").order, new_code()
    for _ in range(2):
        voided(session, order, boss, key=key)
    assert (CounterAction.objects.count(), Refund.objects.count()) == (1, 1)
    with pytest.raises(SaleNotVoidable):
        voided(session, order, boss)


def test_a_key_voids_no_second_sale_and_counts_nothing_else(session, show, boss):
    first, other = (sold_at_till(session, show, names).order for names in ("A1", "A3"))
    allowed = Permission(session.opened_by, boss, "LOST", new_code())
    print_in_browser(session=session, order=first, permission=allowed)
    for order in (first, other):
        with pytest.raises(IdempotencyKeyReused):
            voided(session, order, boss, key=allowed.key)
    with pytest.raises(IdempotencyKeyReused):
        print_in_browser(session=session, order=other, permission=allowed)
    ticket, asked = other.tickets.get(), RequestedAction(boss, "Ill", 0, new_code())
    with pytest.raises(IdempotencyKeyReused):
        cancel_order(code=ticket.code, requested=asked, permission=allowed._replace(reason="PREVENTED"))
    assert (CounterAction.objects.count(), Refund.objects.count(), in_drawer(session)) == (1, 0, 1000)


def test_only_a_sale_of_this_session_is_voided(session, show, boss):
    other = till_session(session.theatre)
    for ticket in (sold_at_till(other, show, "A1"), sold(show, "A3")):
        with pytest.raises(SaleNotVoidable):
            voided(session, ticket.order, boss)


def test_nothing_is_voided_once_somebody_is_inside(session, show, boss):
    ticket = sold_at_till(session, show, "A1")
    check_in(door=Door(session.theatre, boss), scan=Scan(ticket.code, "a key at the door", reason="early"))
    with pytest.raises(SaleNotVoidable):
        voided(session, ticket.order, boss)


def test_nothing_is_voided_after_a_refund_or_the_show(session, show, boss):
    ticket = sold_at_till(session, show, "A1")
    give_goodwill(code=ticket.code, amount=Decimal(10), requested=RequestedAction(boss, "noise", 0, new_code()))
    later = sold_at_till(session, ShowFactory(screen__theatre=session.theatre), "A1")
    starting_in(later.show, timedelta(hours=-12))
    for one in (ticket, later):
        with pytest.raises(SaleNotVoidable):
            voided(session, one.order, boss)


def test_an_empty_or_counted_drawer_voids_nothing(session, show, boss):
    ticket = sold_at_till(session, show, "A1")
    drop = CashMove("DROP", Decimal(700), "", new_code())
    move_cash(theatre=session.theatre, code=session.code, move=drop, by=boss)
    with pytest.raises(DrawerTooEmpty):
        voided(session, ticket.order, boss)
    count_drawer(theatre=session.theatre, code=session.code, counts={"50": 1}, by=boss)
    with pytest.raises(TillCounted):
        voided(session, ticket.order, boss)
    ticket.refresh_from_db()
    assert (ticket.status, Refund.objects.count()) == ("CONFIRMED", 0)


def test_the_seller_is_in_the_seat_ledger(session, show, boss):
    ticket = sold_at_till(session, show, "A1")
    booked = SeatEvent.objects.get(action="BOOK", ticket=ticket)
    assert (booked.actor, booked.user) == ("STAFF", session.opened_by)


def test_what_was_done_at_the_counter_is_never_altered(session, show, boss):
    voided(session, sold_at_till(session, show, "A1").order, boss)
    for change in (lambda: CounterAction.objects.update(amount=0), CounterAction.objects.all().delete):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            change()


def test_nothing_needs_a_permission_without_a_reason(session, show, boss):
    ticket = sold_at_till(session, show, "A1")
    with pytest.raises(IntegrityError), transaction.atomic():
        CounterAction.objects.create(
            session=session, order=ticket.order, kind="VOID", at=ticket.confirmed_at, by=boss, allowed_by=boss
        )


def test_actions_are_counted_by_seller_in_a_constant_number_of_statements(
    session, show, boss, django_assert_num_queries
):
    for name in ("A1", "A2", "A3"):
        voided(session, sold_at_till(session, show, name).order, boss)
        with django_assert_num_queries(2):
            actions_by_seller(session.actions.all())
