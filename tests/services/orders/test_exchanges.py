"""Exchanging a ticket for another show: services.orders.exchanges."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cinema.domain.periods import Period
from cinema.exceptions import (
    ChoiceExpired,
    NoBlockLeft,
    NotExchangeable,
    SameShow,
    SeatCountMismatch,
    SeatsUnavailable,
    ShowNotOnSale,
    TicketNotPaid,
    UnknownShow,
)
from cinema.models import AuditEvent, Refund, SeatEvent, ShowCancellation, ShowSeat, Ticket, TicketType
from cinema.selectors.booking.tickets import ticket_by_code
from cinema.selectors.figures.box_office import film_report
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.selectors.figures.taxes import tax_report
from cinema.selectors.money.ledger import balances, entries_of
from cinema.selectors.money.receipts import receipt_faults, receipts_of
from cinema.selectors.money.receipts import tax_rates as rates_of
from cinema.services.money.receipts import ReceiptBuyer, issue_due_receipts, issue_for_company
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.exchanges import choose_show, exchange_order
from cinema.services.orders.moves import change_seats
from cinema.services.orders.orders import give_goodwill, return_seats
from cinema.services.orders.show_cancellations import cancel_show
from tests.factories import (
    BOX_OFFICE,
    CONTACT,
    MANAGER,
    ScreenFactory,
    ShowFactory,
    booked,
    coupon,
    on_card,
    order_seats,
    price_card,
    report,
    seat,
    seat_ids,
    sold,
    staff,
    starting_in,
    tax_rule,
    ticket_of,
)
from tests.mails import forget_mails, outbox
from tests.services.order_machine import taxes_in_ledger, taxes_on_receipts
from tests.services.orders.test_orders import latest, requested

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aaaa\nbbbb")


@pytest.fixture
def other(show):
    """Tomorrow's other show of the film, 50 cheaper for every seat."""
    screen = ScreenFactory(theatre=show.screen.theatre, plan="aaaa\nbbbb")
    return ShowFactory(movie=show.movie, screen=screen, price=200)


@pytest.fixture
def clerk(show):
    return staff(show.screen.theatre, BOX_OFFICE, email="carla@example.org")


@pytest.fixture
def ticket(show):
    ticket = sold(show, "A1 A2")
    forget_mails()
    return ticket


def exchange(ticket, show, names, user, **more):
    return exchange_order(
        code=ticket.code,
        show_id=show.pk,
        seat_ids=seat_ids(show, names),
        requested=more.pop("requested", requested(user)),
        **more,
    )


def seats_of(ticket):
    lines = ticket.seats.filter(active=True).order_by("show_seat__seat__y", "show_seat__seat__x")
    return " ".join(f"{row}{n}" for row, n in lines.values_list("show_seat__seat__row", "show_seat__seat__number"))


def agree(*shows):
    for show in shows:
        show.refresh_from_db()
        assert unexplained_seats(show) == []
    return True


def test_the_ticket_its_seats_and_its_revenue_move_to_the_other_show(show, other, ticket, clerk):
    exchange(ticket, other, "A3 A4", clerk)

    ticket.refresh_from_db()
    assert (ticket.show, ticket.amount, seats_of(ticket)) == (other, Decimal(500), "A3 A4")
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE
    assert agree(show, other)
    assert (show.revenue, show.admissions, other.revenue, other.admissions) == (0, 0, 500, 2)


def test_both_ledgers_and_the_audit_trail_have_user_and_reason(show, other, ticket, clerk):
    exchange(ticket, other, "A3 A4", clerk)

    for where, action in ((show, "MOVE_OUT"), (other, "MOVE_IN")):
        event = SeatEvent.objects.filter(show=where, action=action).first()
        assert (event.actor, event.user, event.reason, event.ticket) == ("STAFF", clerk, "fell ill", ticket)
    note = AuditEvent.objects.get()
    assert (note.action, note.details["cheaper"], note.details["amount"]) == ("EXCHANGE", "100.00", "0")


def test_the_difference_of_cheaper_seats_is_refunded_by_choice(show, other, ticket, clerk):
    exchange(ticket, other, "A3 A4", clerk, refund_difference=True)

    assert (Refund.objects.get().amount, Refund.objects.get().reason) == (Decimal(100), "GOODWILL")
    assert agree(show, other)
    assert other.revenue == 400


def test_dearer_seats_cost_the_buyer_nothing(show, other, ticket, clerk):
    exchange(ticket, other, "B1 B2", clerk, refund_difference=True)

    assert not Refund.objects.exists()
    assert AuditEvent.objects.get().details["cheaper"] == "-100.00"
    assert agree(show, other)


def test_without_seats_named_the_best_of_the_same_category_are_taken(show, other, ticket, clerk):
    exchange(ticket, other, "", clerk)

    assert seats_of(ticket) == "A2 A3"


def test_the_buyer_is_mailed_the_ticket_for_the_other_show(show, other, ticket, clerk):
    exchange(ticket, other, "A3 A4", clerk)

    [message] = outbox()
    assert message.subject.startswith("Your ticket is now for another show")
    assert "Row A, seat 3" in message.body


def test_the_same_click_twice_exchanges_once(show, other, ticket, clerk):
    for _ in range(2):
        exchange(ticket, other, "A3 A4", clerk, refund_difference=True)

    assert Refund.objects.count() == len(outbox()) == 1


def test_earlier_returns_and_goodwill_move_along(show, other, clerk):
    ticket = sold(show, "A1 A2 A3")
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A1"), requested=requested(clerk))
    give_goodwill(code=ticket.code, amount=Decimal(50), requested=requested(clerk, "two", seen=latest()))

    exchange(ticket, other, "A1 A2", clerk, requested=requested(clerk, "three", seen=latest()))

    assert agree(show, other)
    assert (show.revenue, other.revenue) == (0, 450)


def test_an_exchanged_ticket_can_be_moved_and_cancelled_where_it_is_now(show, other, ticket, clerk):
    exchange(ticket, other, "A3 A4", clerk, refund_difference=True)

    change_seats(code=ticket.code, seat_ids=seat_ids(other, "A2 A3"))
    cancel_ticket(code=ticket.code)

    assert sum(refund.amount for refund in Refund.objects.all()) == 500
    assert agree(show, other)


@pytest.mark.parametrize(
    ("names", "refusal"), [("A3", SeatCountMismatch), ("A3 B4", SeatsUnavailable), ("A1 A2 A3", SeatCountMismatch)]
)
def test_as_many_seats_and_free_ones(show, other, ticket, clerk, names, refusal):
    sold(other, "B4", buyer="ben")

    with pytest.raises(refusal):
        exchange(ticket, other, names, clerk)

    assert agree(show, other)


def test_not_to_its_own_show_nor_to_another_theatre(show, ticket, clerk):
    elsewhere = ShowFactory(movie=show.movie)

    with pytest.raises(SameShow):
        exchange(ticket, show, "A3 A4", clerk)
    for show_id in (elsewhere.pk, 10**9):
        with pytest.raises(UnknownShow):
            exchange_order(code=ticket.code, show_id=show_id, seat_ids=[], requested=requested(clerk))


def test_not_from_or_to_a_show_that_is_over(show, other, ticket, clerk):
    starting_in(other, timedelta(hours=-5))
    with pytest.raises(NotExchangeable, match="That show is over"):
        exchange(ticket, other, "A3 A4", clerk)

    starting_in(other, timedelta(hours=5))
    starting_in(show, timedelta(hours=-5))
    with pytest.raises(NotExchangeable, match="show of this ticket is over"):
        exchange(ticket, other, "A3 A4", clerk)


def test_only_a_paid_ticket(show, other, clerk):
    with pytest.raises(TicketNotPaid):
        exchange(ticket_of(booked(show, "B1")), other, "A1", clerk)


# --- The buyer's own choice, when the show was cancelled ---------------------------------------------


@pytest.fixture
def off(show, ticket):
    manager = staff(show.screen.theatre, MANAGER, email="mana@example.org")
    until = timezone.now() + timedelta(hours=5)
    cancel_show(show_id=show.pk, user=manager, reason="no light", remedy="EXCHANGE", choose_until=until)
    show.refresh_from_db()
    return show


def test_the_buyer_chooses_another_show_and_the_difference_is_refunded(off, other, ticket):
    choose_show(code=ticket.code, show_id=other.pk)

    ticket.refresh_from_db()
    assert (ticket.show, ticket.status, seats_of(ticket)) == (other, "CONFIRMED", "A2 A3")
    assert Refund.objects.get().amount == 100
    assert agree(off, other)


def test_the_buyer_takes_all_the_money_back_instead(off, ticket):
    off.screen.theatre.refund_percent = 0
    Ticket.objects.update(refund_percent=0)

    cancel_ticket(code=ticket.code)

    assert (Refund.objects.get().amount, Refund.objects.get().reason) == (Decimal(500), "SHOW_CANCELLED")
    assert outbox()[-1].subject.startswith("Cancelled")
    assert agree(off)


def test_nobody_chooses_after_the_deadline_or_before_the_cancellation(show, other, ticket, off):
    ShowCancellation.objects.update(choose_until=timezone.now() - timedelta(minutes=1))

    with pytest.raises(ChoiceExpired):
        choose_show(code=ticket.code, show_id=other.pk)
    with pytest.raises(ChoiceExpired):
        choose_show(code=sold(other, "A1", buyer="ben").code, show_id=other.pk)


def test_only_a_show_of_the_same_film_that_is_on_sale_and_has_room(off, other, ticket):
    another_film = ShowFactory(screen=ScreenFactory(theatre=off.screen.theatre))
    with pytest.raises(UnknownShow):
        choose_show(code=ticket.code, show_id=another_film.pk)

    sold(other, "A1 A2 A3 A4 B1 B2 B3", buyer="ben")
    with pytest.raises(NoBlockLeft):
        choose_show(code=ticket.code, show_id=other.pk)

    starting_in(other, timedelta(minutes=-5))
    with pytest.raises(ShowNotOnSale):
        choose_show(code=ticket.code, show_id=other.pk)


def test_what_a_first_exchange_gave_back_a_second_does_not_give_again(show, other, ticket, clerk):
    third = ShowFactory(movie=show.movie, screen=ScreenFactory(theatre=show.screen.theatre, plan="aaaa"), price=200)
    exchange(ticket, other, "A3 A4", clerk, refund_difference=True)
    again = requested(clerk, seen=latest(), key="again")
    exchange(ticket, third, "A1 A2", clerk, refund_difference=True, requested=again)

    assert Refund.objects.get().amount == 100
    assert agree(show, other, third)


def test_what_seats_cost_elsewhere_is_asked_for_the_kind_of_ticket_that_was_bought(clerk, show):
    theatre = show.screen.theatre
    screens = [ScreenFactory(theatre=theatre, plan="aa") for _ in range(2)]
    dear = on_card(card=price_card(theatre, "Dear", adult=250, child=150), screen=screens[0], movie=show.movie)
    cheap = on_card(card=price_card(theatre, "Cheap", adult=200, child=90), screen=screens[1], movie=show.movie)
    child = TicketType.objects.get(name="Child").pk
    (pk,) = seat_ids(dear, "A1")
    payment = order_seats(
        show_id=dear.pk, seat_ids=[pk], buyer="asha", contact=CONTACT, mode="UPI", key="k", types={pk: child}
    )
    ticket = ticket_of(settle_payment(report=report(payment)))

    exchange(ticket, cheap, "A1", clerk, refund_difference=True)

    assert Refund.objects.get().amount == 60
    assert agree(dear, cheap)


def test_a_wheelchair_and_its_companion_go_to_a_pair_of_seats():
    show = ShowFactory(screen__plan="wkaa", screen__theatre__companion_release=3000)
    screen = ScreenFactory(theatre=show.screen.theatre, plan="wk.aa.wk")
    other = ShowFactory(movie=show.movie, screen=screen, starts_at=show.starts_at)
    ticket = sold(show, "A1 A2")
    sold(other, "A1", buyer="ben")  # the first companion seat is free, but has no free place beside it

    exchange_order(
        code=ticket.code,
        show_id=other.pk,
        seat_ids=(),
        requested=requested(staff(show.screen.theatre, BOX_OFFICE), seen=0),
    )

    assert seats_of(ticket) == "A5 A6"


def test_after_the_difference_is_refunded_each_seat_counts_for_its_new_price(show, other, ticket, clerk):
    exchange(ticket, other, "A1 A2", clerk, refund_difference=True)

    ticket = ticket_by_code(ticket.code)
    assert [line.current_price for line in ticket.seats.all()] == [200, 200]
    assert (ticket.kept, ticket.current_price) == (400, 400)
    found = film_report(show.screen.theatre, show.movie, Period(other.trading_day, other.trading_day))
    assert (found.total.gross, found.other) == (400, 0)
    agree(show, other)


def test_a_seat_returned_after_that_refunds_its_new_price(show, other, ticket, clerk):
    exchange(ticket, other, "A1 A2", clerk, refund_difference=True)

    back = requested(clerk, "back", seen=latest())
    return_seats(code=ticket.code, seat_ids=seat_ids(other, "A1"), requested=back)

    assert ticket_by_code(ticket.code).kept == 200
    agree(show, other)


def test_of_the_price_paid_each_seat_counts_for_its_part(show, other, ticket, clerk):
    other.seats.filter(seat__row="A").update(price=100)

    exchange(ticket, other, "A1 B1", clerk)  # 100 and 300
    seats = ticket.seats.filter(show_seat=seat(other, "A1")).values_list("show_seat", flat=True)
    return_seats(code=ticket.code, seat_ids=list(seats), requested=requested(clerk, "two", seen=latest()))

    assert Refund.objects.get().amount == 125  # of 500
    assert agree(show, other)


def test_without_a_refund_the_price_paid_stays(show, other, ticket, clerk):
    exchange(ticket, other, "A1 A2", clerk)

    assert [line.current_price for line in ticket_by_code(ticket.code).seats.all()] == [250, 250]


@pytest.fixture
def taxed(show):
    """Tickets for 100 at most are taxed by 5 percent, dearer ones by 18."""
    theatre = show.screen.theatre
    tax_rule(theatre, 18)
    tax_rule(theatre, 5, up_to=100, from_day=date(2025, 9, 22))
    return theatre


def tax_rates(ticket: Ticket) -> list[Decimal]:
    return list(ticket.seats.order_by("pk").values_list("tax_percent", flat=True))


def in_ledger(ticket: Ticket) -> dict[str, Decimal]:
    """What the ledger has allocated for the ticket's order, by account."""
    credits = balances(entries_of(ticket.order))
    return {account: amount for account, amount in credits.items() if account.startswith(("revenue", "tax"))}


def test_seats_whose_difference_is_refunded_are_taxed_by_their_new_price(show, taxed, clerk):
    ticket = sold(show, "A1 A2")
    cheap = ShowFactory(movie=show.movie, screen=ScreenFactory(theatre=taxed, plan="aa"), price=90)

    exchange(ticket, cheap, "A1 A2", clerk, refund_difference=True)

    assert tax_rates(ticket) == [5, 5]
    assert in_ledger(ticket) == {"revenue:SEAT:5": Decimal("171.42"), "tax:5:SEAT": Decimal("8.58")}
    assert unexplained_seats(show) == unexplained_seats(cheap) == []
    issue_due_receipts()
    assert list(receipt_faults()) == []


def test_the_rule_is_that_of_the_day_of_the_exchange(show, taxed, clerk):
    ticket = sold(show, "A1")
    tax_rule(taxed, 6, up_to=100, from_day=timezone.now().date() - timedelta(days=2))
    cheap = ShowFactory(movie=show.movie, screen=ScreenFactory(theatre=taxed, plan="a"), price=90)

    exchange(ticket, cheap, "A1", clerk, refund_difference=True)

    assert tax_rates(ticket) == [6]


@pytest.mark.parametrize(("price", "refund"), [(90, False), (400, True)])
def test_seats_that_cost_what_was_paid_keep_their_tax(show, taxed, clerk, price, refund):
    """Cheaper ones without a refund, and dearer ones, for which the buyer does not pay."""
    ticket = sold(show, "A1")
    before = in_ledger(ticket)
    new = ShowFactory(movie=show.movie, screen=ScreenFactory(theatre=taxed, plan="a"), price=price)

    exchange(ticket, new, "A1", clerk, refund_difference=refund)

    assert tax_rates(ticket) == [18]
    assert in_ledger(ticket) == before
    assert unexplained_seats(show) == unexplained_seats(new) == []


def test_a_dear_seat_in_exchange_for_a_cheap_one_keeps_the_tax_of_the_price_paid(taxed, clerk):
    cheap = ShowFactory(screen=ScreenFactory(theatre=taxed, plan="a"), price=90)
    ticket = sold(cheap, "A1")
    dear = ShowFactory(movie=cheap.movie, screen=ScreenFactory(theatre=taxed, plan="a"), price=250)

    exchange(ticket, dear, "A1", clerk)

    assert tax_rates(ticket) == [5]
    assert set(in_ledger(ticket)) == {"revenue:SEAT:5", "tax:5:SEAT"}


# --- Credit notes, where the new seats are taxed otherwise ---


@pytest.fixture
def cheap(show, taxed):
    """Another show of the film for 90, which is taxed by 5 percent."""
    return ShowFactory(movie=show.movie, screen=ScreenFactory(theatre=taxed, plan="aa"), price=90)


@pytest.fixture
def swapped(show, taxed, cheap, clerk):
    """A ticket for 250 a seat at 18 percent, in exchange for which its buyer has got two for 90 at 5, and 320 back."""
    ticket = sold(show, "A3 A4")
    issue_due_receipts()
    exchange(ticket, cheap, "A1 A2", clerk, refund_difference=True)
    return ticket


def stated(ticket: Ticket) -> list[list[tuple[str, Decimal, Decimal, Decimal]]]:
    """The lines of each receipt and credit note after the first: seat, rate, amount and tax."""
    issue_due_receipts()
    notes = [
        [(one.text.rpartition(", ")[2], one.tax_percent, one.amount, one.tax) for one in note.lines.all()]
        for note in receipts_of(ticket.order)[1:]
    ]
    assert list(receipt_faults()) == []
    assert taxes_on_receipts(ticket.order) == taxes_in_ledger(ticket.order)
    return notes


def test_its_credit_note_states_what_was_sold_at_the_old_rate_and_at_the_new(swapped):
    assert stated(swapped) == [
        [
            ("seat 3", 18, Decimal(-250), Decimal("-38.14")),
            ("seat 1", 5, Decimal(90), Decimal("4.29")),
            ("seat 4", 18, Decimal(-250), Decimal("-38.14")),
            ("seat 2", 5, Decimal(90), Decimal("4.29")),
        ]
    ]
    note = receipts_of(swapped.order)[1]
    assert [(rate.percent, rate.amount) for rate in rates_of(note)] == [(18, -500), (5, 180)]


def test_it_agrees_with_the_tax_report(swapped, taxed):
    issue_due_receipts()
    today = taxed.trading_day(timezone.now())
    found = {line.percent: line.refunded for line in tax_report(taxed, Period(today, today)).lines if line.percent}
    note = rates_of(receipts_of(swapped.order)[1])
    assert {rate.percent: (rate.net, rate.tax) for rate in note} == found


def test_what_is_refunded_later_is_credited_at_the_new_rate(swapped, cheap, clerk):
    issue_due_receipts()
    back = requested(clerk, "back", seen=latest())
    return_seats(code=swapped.code, seat_ids=seat_ids(cheap, "A1"), requested=back)
    issue_due_receipts()
    cancel_ticket(code=swapped.code)

    _difference, returned, cancelled = stated(swapped)
    assert returned == [("seat 1", 5, Decimal(-90), Decimal("-4.29"))]
    assert cancelled == [("seat 2", 5, Decimal(-90), Decimal("-4.29"))]


def test_notes_that_are_issued_together_state_each_what_it_credits(swapped, show, taxed, clerk):
    """The seats have changed once more when the first is issued, to a rate that it must not state."""
    tax_rule(taxed, 6, up_to=85, from_day=timezone.now().date() - timedelta(days=2))
    third = ShowFactory(movie=show.movie, screen=ScreenFactory(theatre=taxed, plan="aa"), price=80)
    again = requested(clerk, "again", seen=latest())
    exchange(swapped, third, "A1 A2", clerk, refund_difference=True, requested=again)

    first, second = stated(swapped)
    assert [(rate, amount) for _seat, rate, amount, _tax in first] == [(18, -250), (5, 90)] * 2
    assert sorted((rate, amount) for _seat, rate, amount, _tax in second) == [(5, -90), (5, -90), (6, 80), (6, 80)]


def test_a_receipt_for_a_company_afterwards_states_the_new_rate(swapped):
    issue_due_receipts()
    issue_for_company(order_id=swapped.order_id, buyer=ReceiptBuyer("Rao & Co"))

    *_, cancelled, again = stated(swapped)
    assert again == [("seat 1", 5, Decimal(90), Decimal("4.29")), ("seat 2", 5, Decimal(90), Decimal("4.29"))]
    assert [amount for _seat, _rate, amount, _tax in cancelled] == [-90, -90]


def test_discounts_of_the_old_price_are_credited_with_it(show, taxed, cheap, clerk):
    coupon(taxed, code="TEN")
    ticket = ticket_of(settle_payment(report=report(booked(show, "A1 A2", coupon="TEN"))))
    exchange(ticket, cheap, "A1 A2", clerk, refund_difference=True)
    issue_due_receipts()
    give_goodwill(code=ticket.code, amount=Decimal(10), requested=requested(clerk, "two", seen=latest()))

    difference, goodwill = stated(ticket)
    assert sum(amount for _text, rate, amount, _tax in difference if rate == 18) == -450
    assert {rate for _text, rate, _amount, _tax in goodwill} == {5}
