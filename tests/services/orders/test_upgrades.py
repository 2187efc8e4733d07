"""Dearer seats for a ticket, of which the buyer pays the difference: upgrades in services.orders and services.money."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cinema.domain.periods import Period
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
from cinema.models import Hold, MoneyEntry, OrderLine, Payment, Refund, SeatUpgrade, Show, ShowSeat, Ticket
from cinema.selectors.booking.tickets import ticket_by_code
from cinema.selectors.figures.box_office import film_report
from cinema.selectors.figures.taxes import tax_report
from cinema.selectors.money.receipts import receipts_of
from cinema.services.booking.expiry import release_expired
from cinema.services.money.payments import start_payment
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.buyer_exchanges import ExchangeChoice
from cinema.services.orders.cancellations import cancel_seats, cancel_ticket
from cinema.services.orders.moves import change_seats
from cinema.services.orders.show_cancellations import cancel_show, process_cancellation
from cinema.services.orders.upgrades import UpgradeRequest, begin_upgrade
from tests.factories import (
    ScreenFactory,
    ShowFactory,
    admitted,
    coupon,
    held,
    lapsed,
    owner,
    report,
    seat,
    seat_ids,
    sold,
    starting_in,
    ticket_of,
)
from tests.mails import outbox
from tests.services.booking.prepaid import check_out, is_sound, paid
from tests.services.orders.test_exchanges import seats_of
from tests.services.orders.test_seat_cancellations import cancel

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    """Row A costs 250, row B 350, with a fee of 20 for each."""
    terms = {"cancel_cutoff": 60, "buyer_exchanges": True, "tax": 18, "web_fee": 20}
    return ShowFactory(screen__plan="aaaa\nbbbb", **{f"screen__theatre__{name}": of for name, of in terms.items()})


@pytest.fixture
def other(show):
    """Another show of the film: 300 and 400."""
    return ShowFactory(
        movie=show.movie, screen=ScreenFactory(theatre=show.screen.theatre, plan="aaaa\nbbbb"), price=300
    )


@pytest.fixture
def ticket(show):
    ticket = sold(show, "A1 A2")
    outbox().clear()
    return ticket


def begin(ticket: Ticket, show: Show, names: str, seen: int, key: str = "the key of a form") -> Payment:
    choice = ExchangeChoice(show.pk, seat_ids(show, names))
    payment = begin_upgrade(code=ticket.code, choice=choice, request=UpgradeRequest("UPI", key, Decimal(seen)))
    start_payment(payment=payment)
    return payment


def now(ticket: Ticket) -> Ticket:
    return ticket_by_code(ticket.code)


def worth(ticket: Ticket) -> list[Decimal]:
    return sorted(line.worth for line in now(ticket).seats.all())


def given_back() -> Decimal:
    return sum((refund.amount for refund in Refund.objects.all()), Decimal(0))


def test_nothing_changes_before_the_difference_has_arrived(show, ticket):
    payment = begin(ticket, show, "A1 B1", 100)

    assert (payment.amount, payment.status, payment.order) == (100, "PENDING", ticket.order)
    assert seats_of(ticket) == "A1 A2" and now(ticket).kept == 540
    assert seat(show, "B1").status == ShowSeat.Status.HELD
    assert is_sound()


def test_paying_the_difference_buys_dearer_seats_at_the_same_show(show, ticket):
    paid(begin(ticket, show, "A1 B1", 100))

    assert (now(ticket).status, seats_of(ticket), worth(ticket)) == ("CONFIRMED", "A1 B1", [250, 350])
    assert (now(ticket).kept, now(ticket).amount, now(ticket).order.total) == (640, 640, 640)
    assert seat(show, "A2").status == ShowSeat.Status.AVAILABLE
    show.refresh_from_db()
    assert (show.admissions, show.revenue) == (2, 640)
    assert not Hold.objects.filter(status=Hold.Status.ACTIVE).exists()
    assert not Refund.objects.exists()
    assert is_sound()


def test_paying_the_difference_buys_dearer_seats_at_another_show(show, other, ticket):
    paid(begin(ticket, other, "A1 B1", 200))

    assert (now(ticket).show, seats_of(ticket), worth(ticket)) == (other, "A1 B1", [300, 400])
    for one in (show, other):
        one.refresh_from_db()
    assert (show.revenue, show.admissions, other.revenue, other.admissions) == (0, 0, 740, 2)
    assert is_sound()


def test_the_ledger_sells_the_difference_with_its_tax(show, ticket):
    before = MoneyEntry.objects.count()
    paid(begin(ticket, show, "A1 B1", 100))

    entries = MoneyEntry.objects.order_by("pk")[before:]
    assert sorted((entry.kind, entry.debit, entry.credit, entry.amount) for entry in entries) == [
        ("CAPTURE", "clearing:sandbox", "orders", Decimal("100.00")),
        ("SALE", "orders", "revenue:SEAT:18", Decimal("84.75")),
        ("SALE", "orders", "tax:18:SEAT", Decimal("15.25")),
    ]


def test_the_report_for_the_distributor_has_the_new_prices(show, ticket):
    paid(begin(ticket, show, "A1 B1", 100))

    day = show.trading_day
    report = film_report(show.screen.theatre, show.movie, Period(day, day))
    assert [(line.price, line.takings.admissions) for line in report.kinds] == [(250, 1), (350, 1)]
    assert report.total.gross == 600
    today = show.screen.theatre.trading_day(timezone.now())
    [seats] = [one for one in tax_report(show.screen.theatre, Period(today, today)).lines if one.kind == "seat"]
    assert seats.rest == (Decimal("508.47"), Decimal("91.53"))


@pytest.mark.parametrize("issued", [True, False])
def test_a_receipt_states_the_new_seat_and_the_one_taken_in_exchange(show, ticket, issued: bool):
    issue_due_receipts()
    ticket = ticket if issued else sold(show, "A3 A4", buyer="ben")
    paid(begin(ticket, show, "A1 B1" if issued else "A3 B1", 100))

    assert is_sound()  # which issues what is due
    receipts = receipts_of(ticket.order)
    assert [(one.kind, one.total, one.tenders) for one in receipts] == (
        [("RECEIPT", 540, [["UPI", "540.00"]]), ("RECEIPT", 100, [["UPI", "100.00"]])]
        if issued
        else [("RECEIPT", 640, [["UPI", "540.00"], ["UPI", "100.00"]])]
    )
    lines = [(line.text.partition(",")[0], line.amount, line.tax) for line in receipts[-1].lines.all()][-2:]
    assert [amount for _text, amount, _tax in lines] == [350, -250]
    assert lines[1][0] == "Seats taken in exchange"
    assert sum(tax for _text, _amount, tax in lines) == Decimal("53.39") - Decimal("38.14")


def test_the_buyer_is_mailed_the_ticket_again(show, other, ticket):
    paid(begin(ticket, show, "A1 B1", 100))
    paid(begin(ticket, other, "A1 B1", 100, key="the key of another"))

    assert [message.subject.partition(":")[0] for message in outbox()] == [
        "Your seats have changed",
        "Your ticket is now for another show",
    ]


@pytest.mark.parametrize("percent", [100, 50])
def test_a_later_cancellation_refunds_the_dearer_seats(show, ticket, percent: int):
    Ticket.objects.update(refund_percent=percent)
    paid(begin(ticket, show, "A1 B1", 100))
    assert is_sound()

    cancel(ticket, "B1")
    assert given_back() == 350 * percent // 100
    assert is_sound()
    cancel_ticket(code=ticket.code)
    assert given_back() == 600 * percent // 100
    assert is_sound()


def test_a_cancelled_show_refunds_everything(show, ticket):
    paid(begin(ticket, show, "A1 B1", 100))

    process_cancellation(cancellation=cancel_show(show_id=show.pk, user=owner(), reason="no light", remedy="REFUND"))

    assert given_back() == 640
    assert is_sound()


def test_seats_can_be_upgraded_twice(show, other, ticket):
    paid(begin(ticket, show, "A1 B1", 100))
    paid(begin(ticket, show, "B2 B1", 100, key="the key of another"))
    paid(begin(ticket, other, "B1 B2", 100, key="the key of a third"))

    assert (worth(ticket), now(ticket).kept) == ([400, 400], 840)
    cancel_ticket(code=ticket.code)
    assert given_back() == 800
    assert is_sound()


def test_seats_bought_with_a_discount_count_for_what_they_cost(show):
    coupon(show.screen.theatre, code="TEN")
    ticket = ticket_of(paid(check_out(held(show, "A1 A2"), coupon="TEN")))

    paid(begin(ticket, show, "A1 B1", 125))

    assert worth(ticket) == [225, 350]
    assert is_sound()
    cancel_ticket(code=ticket.code)
    assert given_back() == 575
    assert is_sound()


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
    paid(first)  # after all
    assert seats_of(ticket) == "B3 B4"
    assert (Refund.objects.get().payment, given_back()) == (first, 100)
    assert is_sound()


def test_money_for_a_replaced_choice_counts_while_its_seats_are_free(show, ticket):
    first = begin(ticket, show, "A1 B1", 100)
    second = begin(ticket, show, "B3 B4", 200, key="the key of another form")

    paid(first)

    assert seats_of(ticket) == "A1 B1"
    assert seat(show, "B3").status == ShowSeat.Status.AVAILABLE
    assert is_sound()
    paid(second)
    assert (seats_of(ticket), given_back()) == ("A1 B1", 200)
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
    outbox().clear()

    paid(payment)

    refund = Refund.objects.get(reason="UPGRADE_LATE")
    assert (refund.payment, refund.amount) == (payment, 100)
    assert (seats_of(ticket), now(ticket).kept) == (seats, kept)
    assert SeatUpgrade.objects.get().done_at is None
    [mail] = [one for one in outbox() if "could no longer be exchanged" in one.body]
    assert mail.subject.startswith("Refund of ₹100")
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
