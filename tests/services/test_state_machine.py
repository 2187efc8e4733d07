"""Buyers, clocks and gateways in any order: after every step the ledger explains every seat, the stored state is
what a naive model of the rules says, and no money is lost.

    STATE_MACHINE=2000 .venv/bin/pytest --timeout 0 tests/services/test_state_machine.py     many more orders, at random
"""

import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Sum
from django.test import TestCase
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cinema.exceptions import KeyReused, RuleBroken, SeatsUnavailable
from cinema.gateways.base import Result
from cinema.models import Hold, Payment, PaymentMode, Refund, SandboxCharge, Show, ShowSeat, Ticket, TicketSeat
from cinema.selectors.ledger import unexplained_seats
from cinema.selectors.seat_map import FREE, HELD, MINE, SOLD, pulse, seat_changes, seat_map, show_for_sale
from cinema.services.booking import book_hold, book_tickets
from cinema.services.cancellations import cancel_ticket
from cinema.services.expiry import release_all_expired, release_expired
from cinema.services.holds import extend_hold, hold_seats, release_hold
from cinema.services.payments import settle_payment, start_payment
from tests.factories import CONTACT, ShowFactory, cancelled, past, report
from tests.services.plain_cinema import PlainCinema, PlainShow

EXAMPLES = int(os.environ.get("STATE_MACHINE", 0))
PROFILE = settings(
    derandomize=not EXAMPLES,
    max_examples=EXAMPLES or 60,
    stateful_step_count=40,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
# To see whether a fault is noticed at all; making its example small is not worth the time.
NEGATIVE = settings(PROFILE, derandomize=True, max_examples=60, phases=[Phase.generate])

BUYERS = st.sampled_from(["asha", "ben", "cleo"])
BIG, SMALL = 0, 1
SEATS = {BIG: ["A1", "A2", "A3", "B1", "B2"], SMALL: ["A1", "A2"]}
CHOICES = st.one_of(
    st.tuples(st.just(show), st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    for show, names in SEATS.items()
)
MODES = st.sampled_from(PaymentMode.values)
WORTH_SEEING = {
    "seats were held",
    "a hold was changed",
    "a hold ran out",
    "paid in time",
    "paid too late but still booked",
    "a report was repeated",
    "money came back: the seats were gone",
    "money came back: the ticket was confirmed",
    "money came back: the ticket was cancelled",
    "money came back: the show was cancelled",
    "money came back: the show had started",
    "a ticket was cancelled",
}


def make_shows() -> list[Show]:
    """A show of two prices with the whole price paid back, and a tiny one whose third part needs rounding."""
    return [
        ShowFactory(screen__plan="aaa\nbb", price=Decimal("249.99")),
        ShowFactory(screen__plan="aa", screen__theatre__refund_percent=33, price=Decimal("101.50")),
    ]


class Bookings(RuleBasedStateMachine):
    """Each step is one call of a service, tried on the plain model first. Steps come in any order; holds, payments
    and tickets of long ago are used as readily as the last."""

    holds = Bundle("holds")
    payments = Bundle("payments")

    def __init__(self, shows: list[Show], seen: set[str]) -> None:
        super().__init__()
        self.shows = [show.pk for show in shows]
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        rows = ShowSeat.objects.filter(show__in=shows).values_list("show_id", "seat__row", "seat__number", "pk", "price")
        self.ids = {(show, f"{row}{number}"): pk for show, row, number, pk, _price in rows}
        self.names = {pk: place for place, pk in self.ids.items()}
        prices = {show: {f"{row}{n}": price for of, row, n, _pk, price in rows if of == show} for show in self.shows}
        percent = {show.pk: show.screen.theatre.refund_percent for show in shows}
        self.plain = PlainCinema({pk: PlainShow(prices[pk], percent[pk]) for pk in self.shows}, seen=seen)
        self.browsers: dict[tuple[int, str], dict[int, str]] = {}
        self.revisions: dict[tuple[int, str], int] = {}
        self.requests: dict[str, dict[str, Any]] = {}
        self.steps = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def attempt(self, expected: str, service: Callable, **arguments: Any) -> Any:
        """Call the service with what follows its commit. It must refuse with the code ``expected``, or with none."""
        self.steps += 1
        try:
            with transaction.atomic(), TestCase.captureOnCommitCallbacks(execute=True):
                done = service(**arguments)
        except RuleBroken as refusal:
            assert refusal.code == expected
            return refusal
        assert not expected, f"{service.__name__} should have said {expected}"
        return done

    # Browsing and holding

    @rule(show=st.sampled_from([BIG, SMALL]), buyer=BUYERS)
    def look(self, show, buyer):
        """A browser that was kept up to date by polling shows what a fresh page would."""
        pk, browser = self.shows[show], (self.shows[show], buyer)
        now = pulse(pk)
        if now.due:
            release_expired(show_id=pk)
        current = show_for_sale(pk)
        fresh = {seat.id: seat.state for _row, seats in seat_map(current, buyer).rows for seat in seats}
        if browser in self.browsers:
            if now.due or now.revision != self.revisions[browser]:
                changes = seat_changes(current, buyer, self.revisions[browser])
                self.browsers[browser] |= {seat.id: seat.state for seat in changes}
            assert self.browsers[browser] == fresh
        self.browsers[browser], self.revisions[browser] = fresh, current.revision
        assert fresh == {key: self.as_seen(place, buyer) for key, place in self.names.items() if place[0] == pk}

    def as_seen(self, place, buyer):
        owner = self.plain.seats.get(place)
        if owner is None:
            return FREE
        if owner in self.plain.tickets:
            return SOLD
        return MINE if self.plain.holds[owner].buyer == buyer else HELD

    @rule(target=holds, choice=CHOICES, buyer=BUYERS)
    def hold(self, choice, buyer):
        show, wanted = self.shows[choice[0]], choice[1]
        refusal = self.plain.hold_refusal(show, buyer, wanted)
        ids = [self.ids[show, name] for name in wanted]
        held = self.attempt(refusal, hold_seats, show_id=show, seat_ids=ids, buyer=buyer)
        if isinstance(held, SeatsUnavailable):
            assert {self.names[seat.pk][1] for seat in held.seats} == self.plain.taken(show, buyer, wanted)
        if refusal:
            return multiple()
        self.plain.hold(held.code, show, buyer, wanted)
        return held.code

    @rule(code=holds, minutes=st.integers(3, 10))
    def time_passes(self, code, minutes):
        past_time = timedelta(minutes=minutes)
        Hold.objects.filter(code=code).update(
            created_at=F("created_at") - past_time, expires_at=F("expires_at") - past_time
        )
        self.plain.pass_time(code, minutes)

    @rule(code=holds, stranger=st.none() | BUYERS)
    def extend(self, code, stranger):
        buyer = stranger or self.plain.holds[code].buyer
        refusal = self.plain.extend_refusal(code, buyer)
        self.attempt(refusal, extend_hold, code=code, buyer=buyer)
        if not refusal:
            self.plain.extend(code)

    @rule(code=holds, stranger=st.none() | BUYERS)
    def release(self, code, stranger):
        buyer = stranger or self.plain.holds[code].buyer
        refusal = self.plain.living_refusal(code, buyer)
        self.attempt(refusal, release_hold, code=code, buyer=buyer)
        if not refusal:
            self.plain.end_hold(code)

    @rule()
    def sweep(self):
        self.attempt("", release_all_expired)

    # Paying

    @rule(target=payments, code=holds, mode=MODES, stranger=st.none() | BUYERS, lie=st.sampled_from([0, 0, 0, 1]))
    def check_out(self, code, mode, stranger, lie):
        buyer, seen = stranger or self.plain.holds[code].buyer, self.plain.total(code) + lie
        refusal = self.plain.check_out_refusal(code, buyer, seen)
        request = {"code": code, "buyer": buyer, "mode": mode, "key": f"key {self.steps}", "contact": CONTACT}
        payment = self.attempt(refusal, book_hold, **request, seen=seen)
        if refusal:
            return multiple()
        self.plain.check_out(code, payment.ticket_id, payment.code)
        return self.started(payment, request)

    @rule(target=payments, choice=CHOICES, mode=MODES)
    def book_in_one_step(self, choice, mode):
        kiosk, (show, wanted) = f"kiosk {self.steps}", (self.shows[choice[0]], choice[1])
        refusal = self.plain.hold_refusal(show, kiosk, wanted)
        ids = [self.ids[show, name] for name in wanted]
        request = {"show_id": show, "seat_ids": ids, "buyer": kiosk, "mode": mode, "key": kiosk, "contact": CONTACT}
        payment = self.attempt(refusal, book_tickets, **request)
        if refusal:
            return multiple()
        code = payment.ticket.hold.code
        self.plain.hold(code, show, kiosk, wanted)
        self.plain.check_out(code, payment.ticket_id, payment.code)
        return self.started(payment, request)

    def started(self, payment, request):
        start_payment(payment=payment, return_url="http://testserver/", webhook_url="http://testserver/")
        self.requests[payment.code] = request
        return payment.code

    @rule(code=payments, mode=MODES)
    def repeat_the_request(self, code, mode):
        """A double click, a retry: the same payment. The same key for something else: refused."""
        request = self.requests[code]
        other = mode != request["mode"]
        service = book_tickets if "show_id" in request else book_hold
        again = self.attempt(KeyReused.code if other else "", service, **request | {"mode": mode})
        assert other or again.code == code

    @rule(code=payments, paid=st.booleans())
    def gateway_reports(self, code, paid):
        """In time, late, again, and in any order."""
        result = Result.PAID if paid else Result.DECLINED
        self.attempt("", settle_payment, report=report(Payment.objects.get(code=code), result), notify=False)
        self.plain.pay(code) if paid else self.plain.decline(code)

    @rule(code=payments)
    def cancel(self, code):
        key = self.plain.payments[code].ticket
        refusal = self.plain.cancel_refusal(key)
        self.attempt(refusal, cancel_ticket, code=Ticket.objects.get(pk=key).code)
        if not refusal:
            self.plain.cancel(key)

    @precondition(lambda self: self.steps > 20)
    @rule(show=st.sampled_from([BIG, SMALL]), called_off=st.booleans())
    def sale_ends(self, show, called_off):
        plain = self.plain.shows[self.shows[show]]
        (cancelled if called_off else past)(Show.objects.get(pk=self.shows[show]))
        plain.on_sale = False
        plain.cancelled |= called_off
        plain.started |= not called_off

    # After every step

    @invariant()
    def the_ledger_explains_every_seat(self):
        for show in Show.objects.filter(pk__in=self.shows):
            assert unexplained_seats(show) == []

    @invariant()
    def every_seat_stands_as_the_model_says(self):
        sold = dict(
            TicketSeat.objects.filter(active=True, ticket__status=Ticket.Status.CONFIRMED).values_list(
                "show_seat", "ticket"
            )
        )
        stored = {}
        for seat in ShowSeat.objects.filter(show__in=self.shows).select_related("hold"):
            if seat.status == ShowSeat.Status.BOOKED:
                stored[self.names[seat.pk]] = sold[seat.pk]
            elif seat.hold and not self.plain.holds[seat.hold.code].over:
                stored[self.names[seat.pk]] = seat.hold.code
            else:
                assert seat.hold is None or self.plain.holds[seat.hold.code].left <= 0
        assert stored == self.plain.seats

    @invariant()
    def tickets_and_payments_stand_as_the_model_says(self):
        states = {"unpaid": {"PENDING", "EXPIRED"}, "confirmed": {"CONFIRMED"}, "cancelled": {"CANCELLED"}}
        stored = dict(Ticket.objects.values_list("pk", "status"))
        assert stored.keys() == self.plain.tickets.keys()
        assert all(stored[key] in states[ticket.state] for key, ticket in self.plain.tickets.items())
        returned = Payment.objects.annotate(returned=Sum("refunds__amount"))
        assert {code: (status, back or 0) for code, status, back in returned.values_list("code", "status", "returned")} == {
            code: (after_refund(plain), plain.returned) for code, plain in self.plain.payments.items()
        }

    @invariant()
    def no_money_is_lost(self):
        kept = sum((p.amount - p.returned for p in self.plain.payments.values() if self.is_cancelled(p)), Decimal(0))
        confirmed = Ticket.objects.filter(status=Ticket.Status.CONFIRMED).aggregate(sum=Sum("amount"))["sum"] or 0
        refunds = Refund.objects.filter(status=Refund.Status.DONE).aggregate(sum=Sum("amount"))["sum"] or 0
        assert self.plain.captured == confirmed + refunds + kept
        at_gateway = SandboxCharge.objects.values_list("refunds", flat=True)
        assert sum(Decimal(amount) for back in at_gateway for amount in back.values()) == self.plain.returned

    def is_cancelled(self, payment):
        return payment.state == "SUCCESS" and self.plain.tickets[payment.ticket].state == "cancelled"


def after_refund(payment) -> str:
    if not payment.returned:
        return payment.state
    return "REFUNDED" if payment.returned == payment.amount else "PART_REFUNDED"


@pytest.mark.django_db
def test_no_order_of_steps_leaves_a_seat_unexplained_or_money_unaccounted_for():
    shows, seen = make_shows(), set()

    run_state_machine_as_test(lambda: Bookings(shows, seen), settings=PROFILE)

    assert seen == WORTH_SEEING
