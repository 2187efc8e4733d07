"""Payments for upgrades: repeated, replaced, declined, late, or refused before they begin."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.exceptions import (
    CompanionOnlyWithWheelchair,
    NotExchangeable,
    PriceChanged,
    SameShow,
    SeatsDearer,
    SeatsUnavailable,
    ShowNotOnSale,
    TicketAdmitted,
    UnknownSeats,
)
from cinema.gateways.base import Result
from cinema.models import Hold, Order, OrderLine, Payment, Refund, SeatUpgrade, Show, ShowSeat, Ticket
from cinema.selectors.money.payments import payment_of_ticket
from cinema.services.booking.expiry import release_expired
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.buyer_exchanges import ExchangeChoice
from cinema.services.orders.cancellations import cancel_seats, cancel_ticket
from cinema.services.orders.moves import change_seats
from cinema.services.orders.show_cancellations import cancel_show
from cinema.services.orders.upgrades import UpgradeRequest, begin_upgrade
from cinema.services.schedule.show_edits import Slot, reschedule_show
from tests.factories import (
    ScreenFactory,
    ShowFactory,
    UserFactory,
    admitted,
    held,
    lapsed,
    owner,
    report,
    seat,
    seat_ids,
    sold,
    starting_in,
)
from tests.mails import forget_mails, outbox
from tests.services.booking.prepaid import is_sound, paid
from tests.services.orders.test_exchanges import seats_of
from tests.services.orders.upgrades import begin, now, other_show, refunded, show_with_upgrades, two_seats

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return show_with_upgrades()


@pytest.fixture
def other(show):
    return other_show(show)


@pytest.fixture
def ticket(show):
    return two_seats(show)


def test_a_payment_reported_twice_counts_once(show, ticket):
    payment = begin(ticket, show, "A1 B1", 100)

    for _ in range(2):
        paid(payment)

    assert now(ticket).kept == 640 and OrderLine.objects.filter(kind="SEAT").count() == 3
    assert is_sound()


def test_two_clicks_open_one_payment(show, ticket):
    first = begin(ticket, show, "A1 B1", 100)

    assert begin(ticket, show, "A1 B1", 100) == first
    assert begin(ticket, show, "A1 B1", 100, key="the key of another form") == first
    assert Payment.objects.filter(status="PENDING").count() == 1


def test_another_choice_replaces_one_that_is_not_paid(show, ticket):
    first = begin(ticket, show, "A1 B1", 100)
    second = begin(ticket, show, "B3 B4", 200, key="the key of another form")

    first.refresh_from_db()
    assert (first.status, second.status) == ("REPLACED", "PENDING")
    assert seat(show, "B1").status == ShowSeat.Status.AVAILABLE
    paid(second)
    assert seats_of(ticket) == "B3 B4"
    paid(first)  # although it was replaced
    assert seats_of(ticket) == "B3 B4"
    assert (Refund.objects.get().payment, refunded()) == (first, 100)
    assert is_sound()


def test_money_for_a_replaced_choice_counts_while_its_seats_are_free(show, ticket):
    first = begin(ticket, show, "A1 B1", 100)
    second = begin(ticket, show, "B3 B4", 200, key="the key of another form")

    paid(first)

    assert seats_of(ticket) == "A1 B1"
    assert seat(show, "B3").status == ShowSeat.Status.AVAILABLE
    assert is_sound()
    paid(second)
    assert (seats_of(ticket), refunded()) == ("A1 B1", 200)
    assert is_sound()


def test_a_declined_payment_changes_nothing_and_can_be_tried_again(show, ticket):
    settle_payment(report=report(begin(ticket, show, "A1 B1", 100), Result.DECLINED))
    assert seats_of(ticket) == "A1 A2"

    paid(begin(ticket, show, "A1 B1", 100, key="the key of another form"))

    assert seats_of(ticket) == "A1 B1"
    assert is_sound()


def end_hold(show: Show) -> None:
    for hold in Hold.objects.filter(status=Hold.Status.ACTIVE):
        lapsed(hold)
    release_expired(show_id=show.pk)


def test_a_late_payment_counts_while_the_seats_are_free(show, ticket):
    payment = begin(ticket, show, "A1 B1", 100)
    end_hold(show)

    paid(payment)

    assert seats_of(ticket) == "A1 B1"
    assert is_sound()


def test_programs_see_the_payment_of_the_ticket_and_none_for_an_upgrade(show, ticket):
    asha = UserFactory()
    Order.objects.update(user=asha)
    late = begin(ticket, show, "A1 B1", 100)
    seats_are_gone(ticket)

    paid(late)

    found = payment_of_ticket(ticket.reference, asha)
    assert (found.amount, found.refund_reason) == (540, None)


def seats_are_gone(ticket: Ticket) -> None:
    end_hold(ticket.show)
    held(ticket.show, "B1", buyer="ben")


def it_is_cancelled(ticket: Ticket) -> None:
    cancel_ticket(code=ticket.code)


def a_seat_is_cancelled(ticket: Ticket) -> None:
    [a1] = seat_ids(ticket.show, "A1")
    cancel_seats(code=ticket.code, seat_ids=[a1], seen=Decimal(250))


def it_has_other_seats(ticket: Ticket) -> None:
    change_seats(code=ticket.code, seat_ids=seat_ids(ticket.show, "A3 A4"))


def somebody_is_inside(ticket: Ticket) -> None:
    admitted(ticket, "A1")


def the_show_is_cancelled(ticket: Ticket) -> None:
    cancel_show(show_id=ticket.show_id, user=owner(), reason="no light", remedy="REFUND")


def it_is_too_late(ticket: Ticket) -> None:
    end_hold(ticket.show)
    starting_in(ticket.show, timedelta(minutes=30))


@pytest.mark.parametrize(
    "before",
    [
        seats_are_gone,
        it_is_cancelled,
        a_seat_is_cancelled,
        it_has_other_seats,
        somebody_is_inside,
        the_show_is_cancelled,
        it_is_too_late,
    ],
)
def test_a_payment_is_refunded_in_full_after_a_change(show, ticket, before: Callable[[Ticket], None]):
    payment = begin(ticket, show, "A1 B1", 100)
    before(ticket)
    seats, kept = seats_of(ticket), now(ticket).kept
    forget_mails()

    paid(payment)

    refund = Refund.objects.get(reason="UPGRADE_LATE")
    assert (refund.payment, refund.amount) == (payment, 100)
    assert (seats_of(ticket), now(ticket).kept) == (seats, kept)
    assert SeatUpgrade.objects.get().done_at is None
    [mail] = [one for one in outbox() if "could no longer be exchanged" in one.body]
    assert mail.subject.startswith("Refund of ₹100")
    assert is_sound()


@pytest.mark.parametrize("moved", [False, True])
def test_a_late_payment_takes_no_seats_at_a_show_that_has_moved_meanwhile(show, other, ticket, moved):
    payment = begin(ticket, other, "A1 A2", 100)
    end_hold(other)
    if moved:
        slot = Slot(other.screen, other.starts_at + timedelta(hours=1))
        reschedule_show(theatre=show.screen.theatre, show_id=other.pk, slot=slot, seen=other.version, user=None)

    paid(payment)

    assert now(ticket).show == (show if moved else other)
    assert is_sound()


def test_an_upgrade_to_a_cancelled_show_is_refused(show, other, ticket):
    Show.objects.filter(pk=other.pk).update(status="CANCELLED")
    payment_before = Payment.objects.count()

    with pytest.raises(ShowNotOnSale):
        begin(ticket, other, "A1 B1", 200)

    assert Payment.objects.count() == payment_before


def test_an_expired_hold_of_an_upgrade_leaves_the_ticket_as_it_is(show, ticket):
    begin(ticket, show, "A1 B1", 100)

    end_hold(show)

    assert seats_of(ticket) == "A1 A2"
    assert is_sound()


def test_what_cannot_be_paid_is_refused_before_anything_is_held(show, other, ticket):
    for names, seen, refusal in [
        ("A1 B1", 50, PriceChanged),
        ("A3 A4", 0, SameShow),
        ("A1 A2", 0, SameShow),
    ]:
        with pytest.raises(refusal):
            begin(ticket, show, names, seen, key=f"the key of {names}")
    held(other, "B1", buyer="ben")
    with pytest.raises(SeatsUnavailable):
        begin(ticket, other, "A1 B1", 200)

    assert not Hold.objects.filter(status=Hold.Status.ACTIVE).exclude(buyer="ben").exists()
    assert is_sound()


def test_no_seat_is_kept_at_the_old_show(show, other, ticket):
    mixed = ExchangeChoice(other.pk, seat_ids(show, "A1") + seat_ids(other, "A2"))

    with pytest.raises(UnknownSeats):
        begin_upgrade(code=ticket.code, choice=mixed, request=UpgradeRequest("UPI", "the key of a form", Decimal(50)))


def test_a_carer_does_not_stay_for_free_without_the_wheelchair_space(show):
    theatre = show.screen.theatre
    theatre.carer_free, theatre.companion_release = True, 60 * 24 * 60  # anybody can book seats of carers already
    theatre.save()
    hall = ScreenFactory(theatre=theatre, plan="wkaa\nbbbb")
    ticket = sold(ShowFactory(movie=show.movie, screen=hall), "A1 A2")

    with pytest.raises(CompanionOnlyWithWheelchair):
        begin(ticket, ticket.show, "A2 B1", 100)


def test_seats_taxed_at_another_rate_are_refused(show, ticket):
    ticket.seats.update(tax_percent=5)

    with pytest.raises(SeatsDearer):
        begin(ticket, show, "A1 B1", 100)


def test_no_upgrade_begins_too_late_or_after_admission(show, ticket):
    starting_in(show, timedelta(minutes=59))
    with pytest.raises(NotExchangeable):
        begin(ticket, show, "A1 B1", 100)
    starting_in(show, timedelta(hours=5))
    admitted(ticket, "A1")
    with pytest.raises(TicketAdmitted):
        begin(ticket, show, "A1 B1", 100)

    assert not Hold.objects.filter(status=Hold.Status.ACTIVE).exists()
