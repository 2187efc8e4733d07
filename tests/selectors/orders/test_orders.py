"""Search for orders, and the history of one: selectors.orders.orders."""

from decimal import Decimal

import pytest

from cinema.models import Order, PaymentMode, Ticket
from cinema.selectors.orders import orders as selectors
from cinema.selectors.orders.orders import events_of, find_orders, history, order_at
from cinema.services.booking.booking_requests import Contact
from cinema.services.core.search_words import rewrite_words
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.orders import cancel_order, give_goodwill, return_seats
from tests.factories import BOX_OFFICE, ShowFactory, held, order_hold, receipt_of, seat_ids, sold, staff
from tests.services.orders.test_orders import latest, requested

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(screen__rows=6)


@pytest.fixture
def theatre(show):
    return show.screen.theatre


def order(show, names, **fields):
    ticket = sold(show, names, buyer=names)
    if reference := fields.get("reference"):
        Ticket.objects.filter(pk=ticket.pk).update(reference=reference)
    Order.objects.filter(tickets=ticket).update(**fields or {"status": Order.Status.PAID})
    ticket.refresh_from_db()
    rewrite_words(order=ticket.order)
    return ticket


def found(theatre, asked, **more):
    return [ticket.pk for ticket in find_orders(theatre, asked, **more).tickets]


def test_a_reference_is_found_in_any_spacing_and_case(show, theatre):
    ticket = order(show, "A1", reference="K7PM3WXY")
    order(show, "A2", reference="K7PM3WXT")

    for asked in ("K7PM3WXY", "k7pm-3wxy", " K7PM 3WXY ", "k 7 p m 3 w x y"):
        assert found(theatre, asked) == [ticket.pk]


@pytest.mark.parametrize("asked", ["Reference: K7PM 3WXY", "Ref. k7pm-3wxy", "\uff2b\uff17\uff30\uff2d3WXY"], ids=ascii)
def test_a_reference_is_found_inside_pasted_text(show, theatre, asked):
    ticket = order(show, "A1", reference="K7PM3WXY")

    assert found(theatre, asked) == [ticket.pk]


@pytest.mark.parametrize("part", ["RKHG", "rkhg", "7WXY", "RKHG7", "rkhg 7w", "RKHG7WX"])
def test_a_part_of_a_reference_is_enough(show, theatre, part):
    ticket = order(show, "A1", reference="RKHG7WXY")
    order(show, "A2", reference="K7PM3WXT")

    assert found(theatre, part) == [ticket.pk]


@pytest.mark.parametrize(
    "asked", ["asha", "ASHA R", "  rao   asha ", "rao", "asha.rao@", "ASHA.RAO@kino", "rao@kino.ex"]
)
def test_an_order_is_found_by_a_prefix_of_any_word_of_name_or_email(show, theatre, asked):
    asha = order(show, "A1", name="Asha Rao", email="asha.rao@kino.example")
    order(show, "A2", name="Bela Ray", email="bela.ray@example.org")

    assert found(theatre, asked) == [asha.pk]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Maria Weber", "Weber"),
        ("Chidi Okafor", "okafor"),
        ("Deniz Öztürk", "öztürk"),
        ("Deniz Öztürk", "OZTURK"),
        ("Émile Zola", "Émile"),
        ("Émile Zola", "emile"),
        ("Ángel Ruiz", "ángel"),
        ("Łukasz Wójcik", "lukasz"),
        ("Иван Петров", "Иван"),
        ("Иван Петров", "иван"),
        ("Иван Петров", "ivan pet"),
        *((name, asked) for name in ("Jörg Müller", "Joerg Mueller") for asked in ("Müller", "Mueller", "Muller jorg")),
    ],
)
def test_a_name_is_found_with_and_without_its_accents(show, theatre, name, asked):
    ticket = order(show, "A1", name=name, email="kasse@example.org")
    order(show, "A2", name="Asha Rao", email="asha@example.org")

    assert found(theatre, asked) == [ticket.pk]


def test_an_email_domain_is_found_in_unicode(show, theatre):
    ticket = order(show, "A1", email="kasse@xn--mller-kva.example")

    assert found(theatre, "müller.example") == found(theatre, "kasse") == [ticket.pk]


def test_a_surname_that_looks_like_a_reference_is_found(show, theatre):
    ticket = order(show, "A1", name="Gwyn Hrycyk-Wq", reference="K7PM3WXY")

    assert found(theatre, "hrycykwq") == [ticket.pk]


@pytest.mark.parametrize("many", [0, 50_000])
def test_all_words_of_a_search_must_match(show, theatre, many, monkeypatch):
    monkeypatch.setattr(selectors, "MANY", many)
    ticket = order(show, "A1", name="Asha Rao", email="asha@example.org")
    order(show, "A2", name="Asha Sen", email="sen@example.org")
    order(show, "A3", name="Bela Rao", email="rao@example.org")

    for asked in ("asha rao", "rao asha", "a rao", "asha rao exa"):
        assert found(theatre, asked) == [ticket.pk], asked


def test_an_order_checked_out_again_is_found_by_its_new_name(show, theatre):
    hold = held(show, "A1")
    for key, name in (("first", "Asha Rao"), ("second", "Bela Sen")):
        order_hold(
            code=hold.code, buyer=hold.buyer, contact=Contact(name, "x@example.org"), mode=PaymentMode.UPI, key=key
        )

    assert found(theatre, "asha") == []
    assert len(found(theatre, "bela")) == 1


def test_an_order_is_found_by_the_code_in_a_link_of_its_buyer(show, theatre):
    ticket, _ = order(show, "A1"), order(show, "A2")
    receipt = receipt_of(ticket)

    for code in (ticket.code, ticket.order.code, receipt.code):
        for asked in (code, f" https://tickets.example/a/{code}/?x=1 ", f"/tickets/{code}"):
            assert found(theatre, asked) == [ticket.pk]
    assert found(theatre, ticket.code.swapcase()) == []
    assert found(ShowFactory().screen.theatre, ticket.code) == []


def test_an_order_is_found_by_the_number_of_its_receipt(show, theatre):
    ticket, _ = order(show, "A1"), order(show, "A2")
    receipt = receipt_of(ticket)

    for asked in (str(receipt), f"GP-{receipt}", f" no. {receipt} "):
        assert found(theatre, asked) == [ticket.pk]
    assert found(theatre, f"{receipt.year - 1}-{receipt.number:06d}") == []


def test_a_phone_number_is_found_by_its_digits(show, theatre):
    ticket = order(show, "A1", phone="+91 (98200) 12-345")
    order(show, "A2", phone="+91 98200 12346")

    for asked in ("9820012345", "+91 98200 12345", "098200-12345", "012345", "0091 98200/12345"):
        assert found(theatre, asked) == [ticket.pk]
    assert found(theatre, "12345") == []


def test_the_newest_orders_come_first(show, theatre):
    first, second = order(show, "A1"), order(show, "A2")

    assert found(theatre, "") == found(theatre, "asha") == [second.pk, first.pk]


@pytest.mark.parametrize("many", [0, 50_000])
def test_the_orders_of_other_theatres_are_not_found(show, theatre, many, monkeypatch):
    monkeypatch.setattr(selectors, "MANY", many)
    here, elsewhere = order(show, "A1"), order(ShowFactory(), "A1")

    for asked in ("", "asha", "asha@example.org", "9820012345"):
        assert found(theatre, asked) == [here.pk]
    assert found(theatre, elsewhere.reference) == []
    assert order_at(theatre, elsewhere.reference) is None


@pytest.mark.parametrize("asked", ["%", "a%", "_sha", "'; --", "x", "()", "٣٤٥٦٧٨٩", "\U0010ffff", "-", "@"])
def test_a_search_for_special_characters_finds_nothing(show, theatre, asked):
    order(show, "A1")

    assert found(theatre, asked) == []


def test_the_next_page_continues_after_the_last_order(show, theatre, monkeypatch):
    monkeypatch.setattr(selectors, "PER_PAGE", 2)
    tickets = [order(show, name).pk for name in ("A1", "A2", "A3")]

    page = find_orders(theatre, "")
    assert [ticket.pk for ticket in page.tickets] == tickets[:0:-1]
    assert found(theatre, "", before=page.older) == tickets[:1]
    assert find_orders(theatre, "", before=page.older).older is None


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_search_takes_a_constant_number_of_statements(show, theatre, count, django_assert_num_queries):
    names = [f"{row}{number}" for row in "ABCDEF" for number in range(1, 9)]
    for name in names[:count]:
        order(show, name)

    with django_assert_num_queries(4):
        page = find_orders(theatre, "asha")
        assert [len(ticket.seats.all()) for ticket in page.tickets] == [1] * count
        assert {str(ticket.show.movie) for ticket in page.tickets} == {str(show.movie)}


def test_the_history_lists_every_action_with_actor_and_reason(show, theatre):
    clerk = staff(theatre, BOX_OFFICE, name="Carla")
    other = ShowFactory(screen__theatre=theatre, price=200)
    ticket = sold(show, "A1 A2 A3")
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A3"), requested=requested(clerk, reason="one is ill"))
    give_goodwill(
        code=ticket.code, amount=Decimal(20), requested=requested(clerk, "two", seen=latest(), reason="it was cold")
    )
    exchange_order(
        code=ticket.code,
        show_id=other.pk,
        seat_ids=[],
        requested=requested(clerk, "three", seen=latest(), reason="late train"),
    )
    cancel_order(code=ticket.code, requested=requested(clerk, "four", seen=latest(), reason="never mind"))

    order = order_at(theatre, ticket.reference)
    told = [(str(entry.who), entry.what, entry.why) for entry in history(order, events_of(order))]

    for line in (
        ("buyer", "booked", ""),
        ("payment provider", "paid", ""),
        ("payment provider", "sold", ""),
        ("Carla", "seats refunded", "one is ill"),
        ("Carla", "refund made", "one is ill"),
        ("Carla", "refund made", "it was cold"),
        ("Carla", "moved to another seat", "late train"),
        ("Carla", "moved from another seat", "late train"),
        ("Carla", "exchanged for another show", "late train"),
        ("automatic", "refund started", "ticket cancelled"),
        ("Carla", "ticket cancelled", "never mind"),
    ):
        assert line in told, line
    assert told.index(("buyer", "booked", "")) > told.index(("Carla", "ticket cancelled", "never mind"))


def test_the_history_states_the_amount_of_a_refund_without_repeating_the_word(show, theatre):
    clerk = staff(theatre, BOX_OFFICE)
    ticket = sold(show, "A1")
    give_goodwill(code=ticket.code, amount=Decimal(20), requested=requested(clerk, reason="it was cold"))
    cancel_order(code=ticket.code, requested=requested(clerk, "two", seen=latest(), reason="never mind"))

    order = order_at(theatre, ticket.reference)
    notes = [(entry.what, entry.note) for entry in history(order, events_of(order))]

    assert ("refund made", "₹20") in notes
    assert ("ticket cancelled", "refund of ₹230 · Row A, seat 1") in notes


def test_an_order_and_its_history_take_few_statements(show, theatre, django_assert_max_num_queries):
    ticket = sold(show, "A1 A2 A3")

    with django_assert_max_num_queries(10):
        order = order_at(theatre, ticket.reference)
        assert history(order, events_of(order))
        assert {line.show_seat.seat.kind for line in order.seats.all()} == {"STANDARD"}
