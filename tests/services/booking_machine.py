"""A Hypothesis machine that tries every service of booking on the real database and on the plain model at once."""

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.test import TestCase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cinema.exceptions import BusinessRuleViolation, IdempotencyKeyReused, SeatsUnavailable
from cinema.gateways.base import Result
from cinema.models import Hold, Order, Payment, PaymentMode, Refund, SandboxCharge, Show, ShowSeat, Ticket, TicketSeat
from cinema.selectors.booking import shared_maps
from cinema.selectors.booking.seat_map import FREE, HELD, MINE, SOLD, live_state, seat_map, show_for_sale
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.booking.expiry import release_all_expired, release_expired
from cinema.services.booking.holds import extend_hold, hold_seats, release_hold
from cinema.services.money.payments import start_payment
from cinema.services.money.refunds import send_due_refunds
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.moves import change_seats
from tests.factories import CONTACT, cancelled, order_hold, order_seats, past, report, ticket_of
from tests.services.plain_cinema import PlainCinema

BUYERS = st.sampled_from(["asha", "ben"])
CHOICES = st.lists(st.sampled_from(["A1", "A2", "B1", "B2"]), min_size=1, max_size=2, unique=True)
MODES = st.sampled_from([PaymentMode.UPI, PaymentMode.CARD])
RARELY = st.sampled_from([False, False, False, False, True])
BACK = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 5])  # how many holds or payments to go back: the last, or one of long ago

EVERY_STEP = "STATE_MACHINE" in os.environ  # otherwise the whole check is made now and then, and in the end


def holds_exist(machine: "Bookings") -> bool:
    return bool(machine.plain.holds)


def payments_exist(machine: "Bookings") -> bool:
    return bool(machine.plain.payments)


class Bookings(RuleBasedStateMachine):
    """Each step calls one service and predicts its result with the plain model.

    Steps come in any order and also use old holds, payments and tickets.
    """

    def __init__(self, show: Show, seen: Counter[str]) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.show = show.pk
        rows = list(show.seats.values_list("pk", "seat__row", "seat__number", "price"))
        self.names = {pk: f"{row}{number}" for pk, row, number, _price in rows}
        self.ids = {name: pk for pk, name in self.names.items()}
        prices = {self.names[pk]: price for pk, _row, _number, price in rows}
        self.plain = PlainCinema(prices, show.screen.theatre.refund_percent, seen=seen)
        self.browsers: dict[str, tuple[int, dict[int, str]]] = {}  # by buyer: revision and seats on the page
        self.requests: dict[str, dict[str, Any]] = {}
        self.steps = self.looked = 0
        shared_maps._maps.clear()  # of the machine before, whose steps were taken back

    def teardown(self) -> None:
        try:
            self.the_ledger_explains_every_seat()
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def attempt(self, expected: str, service: Callable, **arguments: Any) -> Any:
        """Call the service, with its after-commit work. It must raise the exception with code ``expected``, or none."""
        self.steps += 1
        try:
            with transaction.atomic(), TestCase.captureOnCommitCallbacks(execute=True):
                done = service(**arguments)
        except BusinessRuleViolation as refusal:
            assert refusal.code == expected
            return refusal
        assert not expected, f"{service.__name__} should have said {expected}"
        send_due_refunds()
        return done

    # Browsing and holding

    @precondition(lambda self: self.steps > self.looked + 1)
    @rule(buyer=BUYERS)
    def look(self, buyer):
        """A page kept up to date by polling shows the same as a fresh one."""
        self.looked = self.steps
        now = live_state(self.show)
        if now.due:
            release_expired(show_id=self.show)
        current = show_for_sale(self.show)
        fresh = {seat.id: seat.state for row in seat_map(current, buyer).rows for seat in row.seats}
        revision, kept = self.browsers.get(buyer, (-1, {}))
        if now.due or now.revision != revision:
            kept = kept | {seat.id: seat.state for seat in shared_maps.seat_changes(current, buyer, revision)}
        if revision >= 0:
            assert kept == fresh
        self.browsers[buyer] = current.revision, fresh
        assert fresh == {pk: self.as_seen(name, buyer) for pk, name in self.names.items()}
        assert fresh == {seat.id: seat.state for seat in shared_maps.buyers_map(current, buyer).seats}

    def as_seen(self, name, buyer):
        owner = self.plain.seats.get(name)
        if owner is None:
            return FREE
        if owner in self.plain.tickets:
            return SOLD
        return MINE if self.plain.holds[owner].buyer == buyer else HELD

    @rule(wanted=CHOICES, buyer=BUYERS)
    def hold(self, wanted, buyer):
        refusal = self.plain.hold_refusal(buyer, wanted)
        ids = [self.ids[name] for name in wanted]
        held = self.attempt(refusal, hold_seats, show_id=self.show, seat_ids=ids, buyer=buyer)
        if isinstance(held, SeatsUnavailable):
            assert {self.names[seat.pk] for seat in held.seats} == self.plain.taken(buyer, wanted)
        if not refusal:
            self.plain.hold(held.code, buyer, wanted)

    @precondition(lambda self: not all(hold.over for hold in self.plain.holds.values()))
    @rule(wanted=CHOICES, back=BACK)
    def choose_other_seats(self, wanted, back):
        living = {hold.buyer: None for hold in self.plain.holds.values() if not hold.over}
        self.hold(wanted, nth_last(living, back))

    @precondition(holds_exist)
    @rule(back=BACK, minutes=st.sampled_from([3, 9, 10]), swept=st.booleans())
    def time_passes(self, back, minutes, swept):
        code = nth_last(self.plain.holds, back)
        past_time = timedelta(minutes=minutes)
        Hold.objects.filter(code=code).update(
            created_at=F("created_at") - past_time, expires_at=F("expires_at") - past_time
        )
        self.plain.pass_time(code, minutes)
        shared_maps._maps.clear()  # they know when holds end by a clock that only runs forward
        if swept:
            self.attempt("", release_all_expired)

    @precondition(holds_exist)
    @rule(back=BACK, stranger=RARELY)
    def extend(self, back, stranger):
        code = nth_last(self.plain.holds, back)
        buyer = "stranger" if stranger else self.plain.holds[code].buyer
        refusal = self.plain.extend_refusal(code, buyer)
        self.attempt(refusal, extend_hold, code=code, buyer=buyer)
        if not refusal:
            self.plain.extend(code)

    @precondition(holds_exist)
    @rule(back=BACK, stranger=RARELY)
    def release(self, back, stranger):
        code = nth_last(self.plain.holds, back)
        buyer = "stranger" if stranger else self.plain.holds[code].buyer
        refusal = self.plain.living_refusal(code, buyer)
        self.attempt(refusal, release_hold, code=code, buyer=buyer)
        if not refusal:
            self.plain.end_hold(code)

    # Paying

    @precondition(holds_exist)
    @rule(back=BACK, mode=MODES, stranger=RARELY, lie=RARELY)
    def check_out(self, back, mode, stranger, lie):
        code = nth_last(self.plain.holds, back)
        buyer = "stranger" if stranger else self.plain.holds[code].buyer
        seen = self.plain.total(code) + lie
        refusal = self.plain.check_out_refusal(code, buyer, seen)
        request = {"code": code, "buyer": buyer, "mode": mode, "key": f"key {self.steps}", "contact": CONTACT}
        payment = self.attempt(refusal, order_hold, **request, seen=seen)
        if not refusal:
            self.plain.check_out(code, ticket_of(payment).pk, payment.code, mode)
            self.start(payment, request)

    @initialize(wanted=CHOICES, mode=MODES, state=st.sampled_from(["paid", "seats lost", "unpaid"]))
    def open(self, wanted, mode, state):
        """Begin with a ticket, unpaid, paid or unpaid with its seats held by another, so that few examples are enough
        to reach its states.
        """
        self.hold(wanted, "asha")
        self.check_out(0, mode, stranger=False, lie=False)
        if state == "paid":
            self.pay(0)
        if state == "seats lost":
            self.time_passes(0, 10, swept=False)
            self.hold(wanted, "ben")

    @rule(wanted=CHOICES, mode=MODES)
    def book_in_one_step(self, wanted, mode):
        kiosk, ids = f"kiosk{self.steps}", [self.ids[name] for name in wanted]
        refusal = self.plain.hold_refusal(kiosk, wanted)
        request = {
            "show_id": self.show,
            "seat_ids": ids,
            "buyer": kiosk,
            "mode": mode,
            "key": kiosk,
            "contact": CONTACT,
        }
        payment = self.attempt(refusal, order_seats, **request)
        if not refusal:
            code = ticket_of(payment).hold.code
            self.plain.hold(code, kiosk, wanted)
            self.plain.check_out(code, ticket_of(payment).pk, payment.code, mode)
            self.start(payment, request)

    def start(self, payment, request):
        start_payment(payment=payment)
        self.requests[payment.code] = request

    @precondition(payments_exist)
    @rule(back=BACK, mode=MODES)
    def repeat_the_request(self, back, mode):
        """Repeat a request: the same payment. The same key for another request is rejected."""
        code = nth_last(self.plain.payments, back)
        request = self.requests[code]
        other = mode != request["mode"]
        service = order_seats if "show_id" in request else order_hold
        again = self.attempt(IdempotencyKeyReused.code if other else "", service, **request | {"mode": mode})
        assert other or again.code == code

    @precondition(payments_exist)
    @rule(back=BACK)
    def pay(self, back):
        """Pay in time, late, twice or again."""
        code = self.report(back, Result.PAID)
        self.plain.pay(code)

    @precondition(payments_exist)
    @rule(back=BACK)
    def pay_for_something_else(self, back):
        self.pay(back + 1)

    @precondition(payments_exist)
    @rule(back=BACK)
    def decline(self, back):
        code = self.report(back, Result.DECLINED)
        self.plain.decline(code)

    def report(self, back, result):
        code = nth_last(self.plain.payments, back)
        payment = Payment.objects.get(code=code)
        self.attempt("", settle_payment, report=report(payment, result), notify=False)
        return code

    @precondition(lambda self: any(ticket.state != "unpaid" for ticket in self.plain.tickets.values()))
    @rule(back=BACK)
    def cancel(self, back):
        code = nth_last(self.plain.payments, back)
        key = self.plain.payments[code].ticket
        refusal = self.plain.cancel_refusal(key)
        self.attempt(refusal, cancel_ticket, code=Ticket.objects.get(pk=key).code)
        if not refusal:
            self.plain.cancel(key)

    @precondition(lambda self: any(ticket.state == "confirmed" for ticket in self.plain.tickets.values()))
    @rule(back=BACK, wanted=st.one_of(st.none(), CHOICES), unpaid=RARELY)
    def move(self, back, wanted, unpaid):
        """Move to the seats beside, or to any."""
        tickets = {key: None for key, ticket in self.plain.tickets.items() if unpaid or ticket.state == "confirmed"}
        key = nth_last(tickets, back)
        if wanted is None:
            wanted = [name[0] + {"1": "2", "2": "1"}[name[1]] for name in self.plain.seats_of(key)]
        refusal = self.plain.move_refusal(key, wanted)
        ids = [self.ids[name] for name in wanted]
        self.attempt(refusal, change_seats, code=Ticket.objects.get(pk=key).code, seat_ids=ids)
        if not refusal:
            self.plain.move(key, wanted)

    @precondition(lambda self: self.steps > 15)
    @rule(show_cancelled=st.booleans())
    def sale_ends(self, show_cancelled):
        (cancelled if show_cancelled else past)(Show.objects.get(pk=self.show))
        self.plain.show_cancelled |= show_cancelled
        self.plain.started |= not show_cancelled

    # After every step

    @precondition(lambda self: EVERY_STEP or self.steps % 4 == 0)
    @invariant()
    def the_ledger_explains_every_seat(self):
        assert unexplained_seats(Show(pk=self.show)) == []

    @invariant()
    def every_seat_stands_as_the_model_says(self):
        sold = dict(
            TicketSeat.objects.filter(active=True, ticket__status=Ticket.Status.CONFIRMED).values_list(
                "show_seat", "ticket"
            )
        )
        stored = {}
        for seat in ShowSeat.objects.filter(show=self.show).select_related("hold"):
            if seat.status == ShowSeat.Status.BOOKED:
                stored[self.names[seat.pk]] = sold.get(seat.pk)
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
        money = {code: (status, back or 0) for code, status, back in returned.values_list("code", "status", "returned")}
        assert money == {code: (after_refund(plain), plain.returned) for code, plain in self.plain.payments.items()}

    @invariant()
    def orders_stand_as_their_tickets_do(self):
        due = {"PENDING": "OPEN", "CONFIRMED": "PAID", "CANCELLED": "CANCELLED", "EXPIRED": "EXPIRED"}
        orders = Order.objects.annotate(sold=Sum("lines__amount"))
        rows = orders.values_list("status", "tickets__status", "total", "sold", "tickets__amount")
        for status, of_ticket, total, sold, amount in rows:
            assert (status, total, sold) == (due[of_ticket], amount, amount)

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


def nth_last(those: dict[Any, Any], back: int) -> Any:
    return list(those)[-1 - back % len(those)]


def after_refund(payment) -> str:
    if not payment.returned:
        return payment.state
    return "REFUNDED" if payment.returned == payment.amount else "PART_REFUNDED"
