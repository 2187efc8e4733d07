"""Mutated posts: the price is always the server's, nobody gets a seat of somebody else, nothing is written by half,
and the answer is never that something broke.

MUTANTS=8000 makes 8,000 mutated checkouts, and a quarter as many bookings of a program and other posts. Each database
has its own seed. Nine pages in ten are not drawn, for speed.
"""

import json
import os
from contextlib import contextmanager
from decimal import Decimal
from itertools import count

import pytest
from django.db import connection, transaction
from django.template.backends.django import Template
from django.urls import reverse

from cinema.models import Hold, Payment, SeatEvent, ShowSeat, Ticket, TicketSeat, WaitingEntry
from cinema.services.money.payments import start_payment
from cinema.views.public import holds
from tests.concurrency.invariants import wrongs
from tests.factories import CONTACT, ShowFactory, held, on_card, order_hold, owner, price_card, seat_ids
from tests.security.foreign_keys import House, action_form
from tests.security.mutating import Mutator
from tests.security.public_addresses import Visit
from tests.views.api.programs import Program, wish
from tests.views.browsers import browser

pytestmark = pytest.mark.django_db

SEED = {"sqlite": 11, "postgresql": 12}[connection.vendor]
CHECKOUTS = int(os.environ.get("MUTANTS", "100"))
BODIES = OTHERS = CHECKOUTS // 4
DRAWN = 10  # every tenth page
ASHA = {"name": "Asha Rao", "email": "asha@example.org", "phone": "+91 98200 12345", "mode": "UPI"}
PRICES = {"Adult": Decimal(250), "Child": Decimal(150)}


@pytest.fixture(autouse=True)
def few_pages_are_drawn(monkeypatch):
    drawn, render = count(), Template.render

    def now_and_then(*args, **more):
        return "" if next(drawn) % DRAWN else render(*args, **more)

    monkeypatch.setattr(Template, "render", now_and_then)


@pytest.fixture
def show():
    """Asha holds two seats, ben two others; adults pay 250, children 150."""
    return on_card(adult=250, child=150, plan="aaaaaaaa")


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def foreign_keys(show):
    """Keys of seats of the show that are ben's, of seats and kinds of tickets elsewhere, and of nothing."""
    other = price_card(ShowFactory(screen__plan="aa").screen.theatre, grandchild=1)
    seats = ShowSeat.objects.exclude(show=show).values_list("pk", flat=True)
    return [*seat_ids(show, "A3 A4"), *seats, other.prices.get().ticket_type_id, 0, 10**9, 2**63 - 1, 2**63]


def check_money(show, hold=None):
    """Check that tickets and payments of the show cost what their seats and ticket types cost here."""
    lines = TicketSeat.objects.filter(ticket__show=show).select_related("ticket", "ticket_type", "show_seat")
    due: dict[int, Decimal] = {}
    for line in lines:
        assert line.price == PRICES[line.ticket_type.name]
        assert line.show_seat.show_id == show.pk
        assert hold is None or not line.active or line.show_seat.hold_id == hold.pk
        due[line.ticket_id] = due.get(line.ticket_id, Decimal(0)) + line.price
    assert dict(Ticket.objects.filter(show=show).values_list("pk", "amount")) == due
    for ticket, amount in (
        Payment.objects.filter(order__tickets__show=show).values_list("order__tickets", "amount").distinct()
    ):
        assert amount == due[ticket]


def mutated_checkouts(show, number, seed=SEED):
    """Post so many mutants of a valid checkout; return the number of each response."""
    mine, theirs = held(show, "A1 A2"), held(show, "A3 A4", buyer="ben")
    client, url = browser("asha"), mine.get_absolute_url()
    child = show.screen.theatre.ticket_types.get(name="Child").pk
    seats = seat_ids(show, "A1 A2")
    good = ASHA | {"seats": seats, "total": "400.00", "key": "k" * 20, f"type-{seats[0]}": str(child)}
    found: dict[int, int] = {}
    for n, said in enumerate(Mutator(seed, foreign_keys(show)).forms(good, number)):
        if said.get("key") == good["key"]:
            said["key"] = f"{n:020d}"
        status = client.post(theirs.get_absolute_url() if n % 50 == 0 else url, said).status_code
        assert status in (200, 303, 400, 404, 409), (status, said)
        assert (status == 404) == (n % 50 == 0)
        found[status] = found.get(status, 0) + 1
        if n % 500 == 0:
            check_money(show, mine)
    check_money(show, mine)
    assert not Ticket.objects.filter(hold=theirs).exists()
    assert set(ShowSeat.objects.filter(hold=theirs).values_list("pk", flat=True)) == set(seat_ids(show, "A3 A4"))
    assert wrongs(show) == []
    return found


def test_a_mutated_checkout_never_changes_a_price_or_takes_a_seat(show):
    found = mutated_checkouts(show, CHECKOUTS)
    assert found[303] > CHECKOUTS / 20 and found[400] > CHECKOUTS / 4 and found[409] > CHECKOUTS / 50


@pytest.mark.nightly
def test_a_view_that_trusted_the_posted_total_would_be_noticed(show, monkeypatch):
    def trusting(request, code, form):
        said = form.cleaned_data
        payment = order_hold(
            code=code, buyer=request.buyer, contact=CONTACT, mode=said["mode"], key=said["key"], types=said["types"]
        )
        Payment.objects.filter(pk=payment.pk).update(amount=abs(said["total"]))
        return start_payment(payment=payment)

    monkeypatch.setattr(holds, "_book", trusting)
    with pytest.raises(AssertionError):
        mutated_checkouts(show, 200)


def test_a_mutated_booking_of_a_program_never_changes_a_price_or_takes_a_seat(show):
    held(show, "A3 A4", buyer="ben")
    program, child = Program(), show.screen.theatre.ticket_types.get(name="Child").pk
    seats = seat_ids(show, "A1 A2")
    good = wish(show, "A1 A2", types={str(seats[0]): child}, name="Asha", email="asha@example.org", phone="1234567")
    found: dict[int, int] = {}
    for n, said in enumerate(Mutator(SEED, foreign_keys(show)).bodies(good, BODIES)):
        with undone():
            body = json.dumps(said).encode() if n % 20 else json.dumps(said).encode()[:-2]
            status = program.post(body, key=f"key {n}").status_code
            assert status in (201, 400, 409), (status, said)
            found[status] = found.get(status, 0) + 1
            assert (Ticket.objects.count(), Payment.objects.count()) == ((1, 1) if status == 201 else (0, 0)), said
            if status == 201:
                check_money(show)
                assert not set(seat_ids(show, "A3 A4")) & set(TicketSeat.objects.values_list("show_seat", flat=True))
                assert found[201] % 10 or wrongs(show) == []
    assert found[201] > BODIES / 20 and found[400] > BODIES / 4


def posts(visit, house):
    """A good form of each other kind, and where it is posted: holds, tickets, waiting lists, and orders by staff."""
    mail = {"email": "asha@example.org"}
    shows = [visit.show.pk, visit.full.pk]
    yield visit.address("show-hold"), {"seats": seat_ids(visit.show, "A7 A8"), "insist": ""}
    yield visit.address("show-best"), {"party": "2", "category": "", "ceiling": ""}
    yield visit.address("show-waiting"), mail | {"party": "2"}
    yield reverse("show-waiting", args=[visit.full.pk]), mail | {"party": "2"}
    yield visit.address("ticket-seats"), mail | {"seats": seat_ids(visit.show, "A7 A8"), "insist": ""}
    yield visit.address("ticket-cancellation"), mail
    yield visit.address("ticket-return"), mail | {"seats": seat_ids(visit.show, "A1"), "seen": "250"}
    yield visit.address("ticket-exchange"), mail | {"show": str(shows[0])}
    yield visit.address("ticket-payment"), {"key": "k" * 20}
    yield visit.address("find-ticket"), mail | {"reference": visit.ticket.reference}
    gift = mail | {"amount": "other", "other": "750", "theatre": visit.theatre.pk, "name": "Asha", "mode": "UPI"}
    recipient = {"recipient_name": "Ben", "recipient_email": "ben@example.org", "deliver_on": "", "message": "Enjoy"}
    yield visit.address("gift-cards"), gift | recipient | {"key": "k" * 20}
    yield visit.address("gift-card-balance"), {"code": visit.gift_card.code}
    yield house.address("staff-gift-cards-block"), {"unblock": ""}
    yield house.address("staff-gift-cards-replace"), mail
    yield house.address("staff-vouchers-voucher-block"), {"unblock": ""}
    issued = {"name": "Acme", "number": "3", "face_value": "200", "weekdays": ["5"], "from_time": "18:00"}
    yield house.address("staff-vouchers-add"), issued | {"valid_until": "2030-12-31", "key": "k" * 20}
    yield house.address("staff-orders-refund"), action_form(seat_ids(house.show, "A2")) | {"amount": ""}
    why = {"reason": "COMPLAINT", "note": "ill", "back": "other", "amount": "100"}
    yield house.address("staff-orders-cancel"), action_form([]) | why
    yield house.address("staff-orders-move"), action_form(seat_ids(house.show, "A4 A5"))
    yield f"{house.address('staff-orders-exchange')}?show={house.later.pk}", action_form([]) | {"best": "on"}


def test_other_mutated_posts_change_nothing_by_half(show):
    visit, house = Visit(), House("here")
    client, shows = browser("asha"), [visit.show, visit.off, visit.full, house.show, house.later]
    client.force_login(owner(email="boss@example.org"))
    ways = list(posts(visit, house))
    changed = count(1)
    for url, good in ways:
        with undone():
            assert client.post(url, good).status_code in (200, 302, 303), url  # the form itself is good
        for said in Mutator(SEED, foreign_keys(show)).forms(good, OTHERS // len(ways)):
            with undone():
                before = written()
                status = client.post(url, said).status_code
                assert status in (200, 302, 303, 400, 404, 409), (url, status, said)
                if written() != before and next(changed) % 5 == 0:
                    assert [wrong for each in shows for wrong in wrongs(each)] == [], (url, said)
    assert next(changed) > OTHERS / 10


def written():
    """The number of rows written."""
    return [model.objects.count() for model in (SeatEvent, Hold, Ticket, Payment, WaitingEntry)]
