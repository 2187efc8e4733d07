"""Moving a paid ticket to other seats: services.orders.moves."""

from datetime import timedelta

import pytest

from cinema.exceptions import (
    CompanionOnlyWithWheelchair,
    SeatCountMismatch,
    SeatKindMismatch,
    SeatPriceMismatch,
    SeatsNotChangeable,
    SeatsUnavailable,
    UnknownSeats,
)
from cinema.models import (
    Hold,
    PriceAdjustment,
    SeatCategory,
    SeatEvent,
    Show,
    ShowSeat,
    TariffPrice,
    Ticket,
    TicketType,
)
from cinema.selectors.booking.seat_map import show_for_sale
from cinema.selectors.booking.tickets import ticket_by_code
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.selectors.orders.moves import move_map, suits
from cinema.services.booking.ledger import Actor, Author
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.moves import change_seats
from cinema.services.prices.repricing import reprice_coming
from tests.factories import (
    ShowFactory,
    UserFactory,
    booked,
    cancelled,
    held,
    lapsed,
    on_card,
    report,
    seat,
    seat_ids,
    sold,
    starting_in,
    ticket_of,
)
from tests.mails import forget_mails, outbox
from tests.services.statements import on

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    """Rows A and B cost 250, row C costs 350; A1 is for a wheelchair."""
    return ShowFactory(screen__plan="waaaaaaa\naaaaaaaa\nbbbbbbbb", screen__theatre__cancel_cutoff=60)


def move(ticket: Ticket, names: str, **more) -> Ticket:
    return change_seats(code=ticket.code, seat_ids=seat_ids(ticket.show, names), **more)


def names(ticket: Ticket) -> str:
    lines = ticket_by_code(ticket.code).seats.all()
    return " ".join(f"{line.show_seat.seat.row}{line.show_seat.seat.number}" for line in lines)


def revision(show: Show) -> int:
    return Show.objects.get(pk=show.pk).revision


def test_a_ticket_moves_to_free_seats_and_its_own_are_free_at_once(show):
    ticket = sold(show, "A2 A3")

    move(ticket, "B5 B6")

    assert names(ticket) == "B5 B6"
    assert seat(show, "B5").status == seat(show, "B6").status == ShowSeat.Status.BOOKED
    assert seat(show, "A2").status == seat(show, "A3").status == ShowSeat.Status.AVAILABLE
    assert held(show, "A2 A3", buyer="ben")
    assert unexplained_seats(show) == []


@pytest.fixture
def on_a_card():
    """Adults pay 300 everywhere; children 100 in row A, which is Classic, and 250 in row B, which is Premium."""
    show = on_card(plan="aaaa\nbbbb", adult=300, child=100)
    premium = SeatCategory.objects.get(theatre=show.screen.theatre, rank=2)
    TariffPrice.objects.filter(tariff=show.tariff, category=premium, ticket_type__name="Adult").update(amount=300)
    TariffPrice.objects.filter(tariff=show.tariff, category=premium, ticket_type__name="Child").update(amount=250)
    ShowSeat.objects.filter(show=show).update(price=300)
    return show


def sold_as(show: Show, seats: str, **types: str) -> Ticket:
    """Sell seats with ticket types: sold_as(show, "A1 A2", child="A2")."""
    chosen = {
        seat(show, name).pk: TicketType.objects.get(name=kind.title()).pk
        for kind, named in types.items()
        for name in named.split()
    }
    payment = booked(show, seats, types=chosen)
    return ticket_of(settle_payment(report=report(payment)))


def test_a_seat_that_costs_more_with_its_ticket_type_is_refused(on_a_card):
    ticket = sold_as(on_a_card, "A1", child="A1")

    with pytest.raises(SeatPriceMismatch, match="Row B, seat 1 costs ₹250; you can only move to seats at ₹100"):
        move(ticket, "B1")

    assert names(move(ticket, "A3")) == "A3"


def test_a_seat_that_costs_the_same_with_its_ticket_type_is_as_good(on_a_card):
    assert names(move(sold_as(on_a_card, "A1"), "B1")) == "B1"


def test_of_a_party_each_moves_to_a_seat_that_costs_the_same_for_all_of_them(on_a_card):
    ticket = sold_as(on_a_card, "A1 A2", child="A2")

    with pytest.raises(SeatPriceMismatch):
        move(ticket, "B1 B2")

    assert names(move(ticket, "A3 A4")) == "A3 A4"


def test_the_map_offers_no_seat_that_costs_more_with_the_ticket_type(on_a_card):
    ticket = sold_as(on_a_card, "A1", child="A1")

    whole = move_map(ticket_by_code(ticket.code), show_for_sale(on_a_card.pk))

    assert {view.row: view.state for row in whole.rows for view in row.seats if view.number == 4} == {
        "A": "free",
        "B": "other",
    }
    assert not suits(ticket_by_code(ticket.code), [seat(on_a_card, "B1").pk], whole)


def test_after_a_rise_in_price_a_ticket_still_moves_to_an_equal_seat():
    show = on_card(plan="aaaa\nbbbb", adult=250)
    ticket = sold(show, "A1")
    PriceAdjustment.objects.create(card=show.price_card, name="More", amount=50)
    reprice_coming(theatre=show.screen.theatre, card_id=show.price_card_id, version=0, user=None)

    assert names(move(ticket, "A3")) == "A3"
    with pytest.raises(SeatPriceMismatch):
        move(ticket, "B3")


def test_a_free_carer_stays_beside_the_wheelchair_space():
    show = ShowFactory(
        screen__plan="wkaa.kw", screen__theatre__carer_free=True, screen__theatre__companion_release=2000
    )
    ticket = sold(show, "A1 A2")

    with pytest.raises(CompanionOnlyWithWheelchair):
        move(ticket, "A1 A5")

    assert names(move(ticket, "A5 A6")) == "A5 A6"


def test_seats_that_stay_are_untouched_and_their_order_lines_remain(show):
    ticket = sold(show, "A2 A3")
    lines = set(ticket.seats.values_list("pk", "price"))

    move(ticket, "A3 A4")

    assert names(ticket) == "A3 A4"
    assert set(ticket.seats.values_list("pk", "price")) == lines
    moved = SeatEvent.objects.filter(action__startswith="MOVE")
    assert [(e.action, e.show_seat_id, e.ticket_id) for e in moved.order_by("revision")] == [
        ("MOVE_OUT", seat(show, "A2").pk, ticket.pk),
        ("MOVE_IN", seat(show, "A4").pk, ticket.pk),
    ]


def test_the_ledger_records_who_moved(show):
    user = UserFactory()

    move(sold(show, "A2"), "A3", by=Author(Actor.BUYER, user))

    assert {(e.actor, e.user) for e in SeatEvent.objects.filter(action__startswith="MOVE")} == {("BUYER", user)}


@pytest.mark.parametrize("again", ["A3 A4", "A4 A3"])
def test_moving_to_where_one_sits_is_a_quiet_success(show, again):
    ticket = sold(show, "A2 A3")
    move(ticket, "A3 A4")
    before = revision(show)
    forget_mails()

    move(ticket, again)

    assert revision(show) == before
    assert outbox() == []


def test_a_ticket_of_two_prices_moves_within_each(show):
    ticket = sold(show, "A2 C2")

    move(ticket, "B1 C7")

    assert {(line.show_seat.seat.row, line.price) for line in ticket_by_code(ticket.code).seats.all()} == {
        ("B", 250),
        ("C", 350),
    }
    assert unexplained_seats(show) == []


@pytest.mark.parametrize(
    ("had", "wanted", "sentence"),
    [
        ("A2 A3", "A2", "Choose 2 seats – the same number you booked."),
        ("A2", "A3 A4", "Choose 1 seat – the same number you booked."),
        ("A2", "", "Choose 1 seat"),
    ],
)
def test_as_many_seats_as_before(show, had, wanted, sentence):
    with pytest.raises(SeatCountMismatch, match=sentence):
        move(sold(show, had), wanted)


@pytest.mark.parametrize(
    ("had", "wanted", "sentence"),
    [
        ("A2 A3", "A2 C8", "Row C, seat 8 costs ₹350; you can only move to seats at ₹250."),
        ("A2 C1", "A2 A3", "Row A, seat 3 costs ₹250; you can only move to seats at ₹350."),
        ("A2 C1", "C2 C3", "costs ₹350; you can only move to seats at ₹250."),
    ],
)
def test_seats_of_another_price_are_refused_by_name(show, had, wanted, sentence):
    ticket = sold(show, had)

    with pytest.raises(SeatPriceMismatch, match=sentence):
        move(ticket, wanted)

    assert names(ticket) == had


@pytest.mark.parametrize(("had", "wanted"), [("A2", "A1"), ("A1", "A2")])
def test_a_place_keeps_its_kind(show, had, wanted):
    with pytest.raises(SeatKindMismatch, match="is a different kind of seat"):
        move(sold(show, had), wanted)


@pytest.mark.parametrize("take", [held, sold])
def test_seats_of_others_are_refused_by_name_and_nothing_is_moved(show, take):
    ticket = sold(show, "A2 A3")
    take(show, "B1", buyer="ben")

    with pytest.raises(SeatsUnavailable, match="Row B, seat 1 was just taken") as refusal:
        move(ticket, "B1 B2")

    assert [s.seat.label for s in refusal.value.seats] == ["Row B, seat 1"]
    assert names(ticket) == "A2 A3"


def test_a_seat_whose_hold_ran_out_can_be_moved_to(show):
    ticket = sold(show, "A2")
    hold = lapsed(ticket_of(booked(show, "B1 B2", buyer="ben")).hold)

    move(ticket, "B1")

    hold.refresh_from_db()
    assert hold.status == Hold.Status.EXPIRED
    assert seat(show, "B2").status == ShowSeat.Status.AVAILABLE
    assert unexplained_seats(show) == []


def test_a_seat_of_another_show_is_refused(show):
    other = ShowFactory()

    with pytest.raises(UnknownSeats, match="There is no seat"):
        change_seats(code=sold(show, "A2").code, seat_ids=seat_ids(other, "A2"))


def test_it_is_too_late_after_the_cut_off(show):
    ticket = sold(show, "A2")
    starting_in(show, timedelta(minutes=59))

    with pytest.raises(SeatsNotChangeable, match="60 minutes before the show"):
        move(ticket, "A3")


def test_only_a_paid_ticket_moves(show):
    with pytest.raises(SeatsNotChangeable, match="once it is paid"):
        move(ticket_of(booked(show, "A2")), "A3")


def test_a_cancelled_ticket_does_not_move(show):
    ticket = sold(show, "A2")
    cancel_ticket(code=ticket.code)

    with pytest.raises(SeatsNotChangeable, match="is cancelled"):
        move(ticket, "A3")


def test_at_a_cancelled_show_no_ticket_is_moved(show):
    ticket = sold(show, "A2")
    cancelled(show)

    with pytest.raises(SeatsNotChangeable, match="show was cancelled"):
        move(ticket, "A3")


def test_an_unknown_code_is_no_ticket(show):
    with pytest.raises(Show.DoesNotExist):
        change_seats(code="nobody", seat_ids=[1])


def test_a_moved_ticket_can_be_cancelled(show):
    ticket = sold(show, "A2")
    move(ticket, "A3")

    cancel_ticket(code=ticket.code)

    assert seat(show, "A3").status == ShowSeat.Status.AVAILABLE
    assert unexplained_seats(show) == []


def test_the_ticket_is_mailed_again_with_its_new_seats(show):
    ticket = sold(show, "A2 A3")
    forget_mails()

    move(ticket, "B5 A3")

    [message] = outbox()
    assert message.subject.startswith("Your seats have changed")
    assert "Row B, seat 5" in message.body
    assert "Row A, seat 2" not in message.body
    assert "Your QR code stays the same" in message.body


@pytest.mark.parametrize(
    ("had", "wanted"), [("A2", "B2"), ("A2 A3 A4", "B2 B3 B4"), ("A2 A3 A4 A5 A6 A7", "B1 B2 B3 B4 B5 B6")]
)
def test_a_move_takes_as_many_statements_for_one_seat_as_for_many(show, had, wanted, django_assert_num_queries):
    ticket, ids = sold(show, had), seat_ids(show, wanted)

    with django_assert_num_queries(on(sqlite=16, postgresql=12)):
        change_seats(code=ticket.code, seat_ids=ids)
