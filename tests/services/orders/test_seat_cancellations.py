"""Cancelling some seats of a ticket, by its buyer: services.orders.cancellations.cancel_seats()."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.exceptions import (
    CompanionOnlyWithWheelchair,
    LastSeats,
    NoSeats,
    NotCancellable,
    RefundChanged,
    SeatsNotChangeable,
    TicketAdmitted,
    UnknownSeats,
    UnknownTicketSeats,
)
from cinema.models import MoneyEntry, Receipt, Refund, SeatEvent, Show, ShowSeat, Theatre, Ticket
from cinema.selectors.booking.tickets import ticket_by_code
from cinema.services.booking.waiting import join_waiting_list
from cinema.services.door.check_ins import Door, Scan, check_in
from cinema.services.orders.cancellations import cancel_seats, cancel_ticket
from cinema.services.orders.returns import buyer_terms, plan_return
from tests.factories import (
    ShowFactory,
    UserFactory,
    admitted,
    at_the_door,
    booked,
    cancelled,
    coupon,
    held,
    seat,
    seat_ids,
    sold,
    staff,
    starting_in,
    ticket_of,
    vouchers,
)
from tests.mails import forget_mails, outbox
from tests.services.booking.prepaid import check_out, is_sound, is_used, paid, refunds

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    """Seats cost 250; half is refunded; a fee of 20 is charged for each; 18 % tax."""
    terms = {"cancel_cutoff": 60, "refund_percent": 50, "web_fee": 20, "tax": 18}
    return ShowFactory(screen__plan="wkaaaaaa", **{f"screen__theatre__{name}": of for name, of in terms.items()})


@pytest.fixture
def ticket(show):
    ticket = sold(show, "A3 A4 A5")
    forget_mails()
    return ticket


def refund_for(ticket: Ticket, names: str) -> Decimal:
    """What the page would show."""
    now = ticket_by_code(ticket.code)
    plan = plan_return(ticket=now, lines=now.seats.all(), seat_ids=seat_ids(now.show, names))
    return buyer_terms(ticket=now, plan=plan).amount


def cancel(ticket: Ticket, names: str, seen: Decimal | int | None = None, **more: object) -> Ticket:
    seen = refund_for(ticket, names) if seen is None else Decimal(seen)
    return cancel_seats(code=ticket.code, seat_ids=seat_ids(ticket.show, names), seen=seen, **more)


def test_one_seat_of_three_is_refunded_by_the_theatres_rule_and_free_again(show, ticket):
    asha = UserFactory()

    cancel(ticket, "A4", seen=125, user=asha)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.kept, ticket.fee) == ("CONFIRMED", 685, 60)  # of 810
    assert Refund.objects.values_list("amount", "reason").get() == (125, "SEATS_RETURNED")
    assert seat(show, "A4").status == ShowSeat.Status.AVAILABLE
    event = SeatEvent.objects.filter(ticket=ticket).latest("pk")
    assert (event.action, event.actor, event.user, event.show_seat) == ("CANCEL", "BUYER", asha, seat(show, "A4"))
    assert is_sound()
    show.refresh_from_db()
    assert (show.admissions, show.revenue) == (2, 685)


def test_the_ledger_and_a_credit_note_name_the_seat_that_was_cancelled(show, ticket):
    cancel(ticket, "A4")

    owed = MoneyEntry.objects.filter(kind=MoneyEntry.Kind.REFUND_OWED)
    assert sorted(owed.values_list("debit", "credit", "amount")) == [
        ("revenue:SEAT:18", "refunds", Decimal("105.93")),
        ("tax:18:SEAT", "refunds", Decimal("19.07")),
    ]
    assert is_sound()  # which issues what is due
    [note] = Receipt.objects.filter(kind=Receipt.Kind.CREDIT_NOTE)
    [line] = note.lines.all()
    assert (line.order_line.ticket_seat.show_seat, line.amount, line.tax) == (seat(show, "A4"), -125, Decimal("-19.07"))


def test_the_rest_is_cancelled_later_for_what_is_left_of_it(show, ticket):
    cancel(ticket, "A4")
    sold(show, "A4", buyer="ben")

    cancel_ticket(code=ticket.code)

    assert sorted(Refund.objects.values_list("amount", "reason")) == [(125, "SEATS_RETURNED"), (250, "CANCELLED")]
    assert is_sound()


def test_seats_are_cancelled_one_after_the_other_until_one_is_left(show, ticket):
    cancel(ticket, "A4")
    cancel(ticket, "A3")
    with pytest.raises(LastSeats):
        cancel(ticket, "A5", seen=125)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.kept) == ("CONFIRMED", 560)
    assert is_sound()


def test_the_buyer_is_mailed_the_refund_and_the_seats_that_stay(show, ticket):
    cancel(ticket, "A4")

    [message] = outbox()
    assert message.subject.startswith("Refund of ₹125")
    assert "It stays valid for the seats below." in message.body
    assert "Row A, seat 3" in message.body and "Row A, seat 4" not in message.body


def test_a_single_seat_may_stay_empty_where_one_is_cancelled(show):
    show.screen.theatre.single_seats = Theatre.SingleSeats.REFUSE
    show.screen.theatre.save()
    ticket = sold(show, "A3 A4 A5")

    cancel(ticket, "A4")

    assert seat(show, "A4").status == ShowSeat.Status.AVAILABLE


def test_a_seat_takes_its_share_of_a_discount_with_it(show):
    coupon(show.screen.theatre, code="TEN")
    ticket = ticket_of(paid(check_out(held(show, "A3 A4"), coupon="TEN")))

    cancel(ticket, "A4")

    assert Refund.objects.get().amount == Decimal("112.5")  # half of 225
    assert is_sound()


def test_a_seat_that_was_free_beside_another_costs_its_price_without_it(show):
    coupon(show.screen.theatre, code="PAIR", kind="N_FOR_M", value=0, buy=2, pay=1)
    ticket = ticket_of(paid(check_out(held(show, "A3 A4"), coupon="PAIR")))
    [costs] = [f"A{line.show_seat.seat.number}" for line in ticket.seats.all() if line.current_price]

    cancel(ticket, costs, seen=0)

    [left] = ticket.seats.filter(active=True)
    assert (left.current_price, left.tax_percent, Refund.objects.count()) == (250, 18, 0)
    assert is_sound()
    cancel_ticket(code=ticket.code)
    assert Refund.objects.get().amount == 125
    assert is_sound()


@pytest.mark.parametrize(("names", "back"), [("A3", 25), ("A3 A4", 150), ("A3 A4 A5", 275)])
def test_seats_lose_a_discount_for_which_they_are_too_few(show, names: str, back: int):
    coupon(show.screen.theatre, code="FOUR", value=20, party=4)
    ticket = ticket_of(paid(check_out(held(show, "A3 A4 A5 A6"), coupon="FOUR")))

    cancel(ticket, names, seen=back)

    assert {line.current_price for line in ticket.seats.filter(active=True)} == {250}
    assert is_sound()
    cancel_ticket(code=ticket.code)
    assert sum(refund.amount for refund in Refund.objects.all()) == 400  # half of 4 × 200, as at once
    assert is_sound()


def test_what_was_not_refunded_of_an_earlier_seat_pays_for_no_lost_discount(show):
    coupon(show.screen.theatre, code="THREE", value=20, party=3)
    ticket = ticket_of(paid(check_out(held(show, "A3 A4 A5 A6"), coupon="THREE")))

    cancel(ticket, "A3", seen=100)
    cancel(ticket, "A4", seen=50)  # half of 200 less 2 × 50
    cancel_ticket(code=ticket.code)

    assert sum(refund.amount for refund in Refund.objects.all()) == 400
    assert is_sound()


def test_seats_never_count_for_more_than_is_kept_for_them(show):
    coupon(show.screen.theatre, code="MOST", kind="AMOUNT", value=400, minimum=500)
    ticket = ticket_of(paid(check_out(held(show, "A3 A4"), coupon="MOST")))

    cancel(ticket, "A3", seen=0)

    assert ticket.seats.get(active=True).current_price == 100
    assert is_sound()


def test_a_seat_paid_for_by_a_voucher_returns_the_voucher(show):
    [voucher] = vouchers(show.screen.theatre)
    ticket = ticket_of(paid(check_out(held(show, "A3 A4 A5"), voucher)))
    by_voucher = ticket.order.payments.get(voucher=voucher).ticket_seat.show_seat.seat.number
    others = [f"A{number}" for number in (3, 4, 5) if number != by_voucher]

    cancel(ticket, f"A{by_voucher} {others[0]}")

    assert refunds() == [("UPI", 125, "PENDING"), ("VOUCHER", 250, "DONE")]
    assert not is_used(voucher)
    assert is_sound()
    mail = outbox()[-1]
    assert mail.subject.startswith("Refund of ₹125") and "Your vouchers can be used again." in mail.body


def test_a_theatre_that_refunds_nothing_keeps_money_and_voucher(show):
    Theatre.objects.update(refund_percent=0)
    show = Show.objects.get(pk=show.pk)
    [voucher] = vouchers(show.screen.theatre)
    ticket = ticket_of(paid(check_out(held(show, "A3 A4"), voucher)))

    cancel(ticket, "A3", seen=0)

    assert not Refund.objects.exists() and is_used(voucher)
    assert seat(show, "A3").status == ShowSeat.Status.AVAILABLE
    assert is_sound()


def test_a_free_seat_is_cancelled_without_a_refund(show):
    carer = Theatre.objects.get()
    carer.carer_free = True
    carer.save()
    ticket = sold(show, "A1 A2")

    cancel(ticket, "A2")

    assert not Refund.objects.exists()
    assert "Your ticket has changed" in outbox()[-1].subject
    assert is_sound()


def test_a_companion_seat_does_not_stay_without_its_wheelchair_space(show):
    ticket = sold(show, "A1 A2")

    with pytest.raises(CompanionOnlyWithWheelchair):
        cancel(ticket, "A1", seen=125)

    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    ("names", "refusal"), [("", NoSeats), ("A6", UnknownSeats), ("A3 A6", UnknownSeats), ("A3 A4 A5", LastSeats)]
)
def test_seats_that_are_not_some_of_the_ticket_are_refused(ticket, names, refusal):
    with pytest.raises(refusal):
        cancel(ticket, names, seen=125)

    assert ticket.seats.filter(active=True).count() == 3


def too_late(ticket: Ticket) -> None:
    starting_in(ticket.show, timedelta(minutes=59))


def somebody_is_inside(ticket: Ticket) -> None:
    admitted(ticket, "A3")


def the_show_is_cancelled(ticket: Ticket) -> None:
    cancelled(ticket.show)


def it_is_cancelled(ticket: Ticket) -> None:
    cancel_ticket(code=ticket.code)


@pytest.mark.parametrize(
    ("before", "refusal"),
    [
        (too_late, NotCancellable),
        (somebody_is_inside, TicketAdmitted),
        (the_show_is_cancelled, SeatsNotChangeable),
        (it_is_cancelled, NotCancellable),
    ],
)
def test_seats_can_be_cancelled_only_while_the_ticket_can(
    ticket, before: Callable[[Ticket], None], refusal: type[Exception]
):
    before(ticket)

    with pytest.raises(refusal):
        cancel(ticket, "A4", seen=125)


def test_a_ticket_that_is_not_paid_has_no_seats_to_cancel(show):
    ticket = ticket_of(booked(show, "A3 A4"))

    with pytest.raises(NotCancellable, match="Only a paid ticket"):
        cancel(ticket, "A3", seen=125)


def test_a_refund_that_the_buyer_has_not_seen_is_not_made(ticket):
    with pytest.raises(RefundChanged, match="The refund is now ₹125"):
        cancel(ticket, "A4", seen=250)

    assert not Refund.objects.exists()


def test_the_same_click_twice_cancels_once(ticket):
    for _ in range(2):
        cancel(ticket, "A4", seen=125)

    assert Refund.objects.count() == 1
    assert ticket.seats.filter(active=True).count() == 2


def test_the_door_admits_the_others_and_not_the_seat_that_was_cancelled(show, ticket):
    cancel(ticket, "A4")
    at_the_door(show)
    door, gone = Door(show.screen.theatre, staff(show.screen.theatre, "USHER")), ticket.seats.get(active=False)

    with pytest.raises(UnknownTicketSeats):
        check_in(door=door, scan=Scan(ticket.code, "a scan for the cancelled seat", seats=frozenset([gone.pk])))
    check = check_in(door=door, scan=Scan(ticket.code, "a scan for all who are there"))

    assert check.outcome == "ADMITTED"
    assert sorted(ticket.seats.values_list("active", "inside")) == [(False, False), (True, True), (True, True)]


def test_a_cancelled_seat_is_offered_to_the_waiting_list(show):
    ticket = sold(show, "A1 A2 A3 A4 A5 A6 A7 A8")
    join_waiting_list(show_id=show.pk, email="wanda@example.org", party=1)

    cancel(ticket, "A8")

    assert seat(show, "A8").status == ShowSeat.Status.HELD
