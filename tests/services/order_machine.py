"""A Hypothesis machine that buys at two shows with coupons, fees, vouchers and a gift card, for cash and on invoice,
pays, refunds and disputes in any order, and keeps the money in a plain model beside.

The model knows amounts only: what was captured, what is owed, what was paid out, what is disputed, and what is left,
which must be what is allocated for the tickets.
"""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q, Sum
from django.test import TestCase
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cinema.domain import accounts
from cinema.domain.money import to_minor
from cinema.exceptions import BusinessRuleViolation
from cinema.gateways.base import DisputeReport, DisputeState, RefundReport, RefundState, Result
from cinema.models import (
    Dispute,
    GiftCard,
    Hold,
    Invoice,
    MoneyEntry,
    Order,
    Payment,
    Receipt,
    ReceiptLine,
    Refund,
    SeatUpgrade,
    Show,
    ShowSeat,
    Ticket,
    Voucher,
    VoucherBatch,
)
from cinema.models.payments import TILL_MODES
from cinema.selectors.booking.tickets import ticket_by_code
from cinema.selectors.figures.ledger import coupon_faults, ledger_faults
from cinema.selectors.money.ledger import balances as balances_of
from cinema.selectors.money.ledger import entries_of
from cinema.selectors.money.ledger_faults import voucher_faults
from cinema.selectors.money.receipts import orders_without_credit_note, orders_without_receipt, receipt_faults
from cinema.selectors.money.tills import in_drawer, till_faults
from cinema.services.booking.expiry import release_all_expired
from cinema.services.booking.holds import hold_seats
from cinema.services.money.disputes import receive_dispute
from cinema.services.money.invoice_reversals import reverse_invoice_payment
from cinema.services.money.invoices import MoneyReceived, pay_invoice
from cinema.services.money.receipts import ReceiptBuyer, issue_for_company, issue_receipts
from cinema.services.money.refunds import receive_refund, settle_refund
from cinema.services.money.settlement import settle_payment
from cinema.services.money.vouchers import block_voucher
from cinema.services.orders.buyer_exchanges import ExchangeChoice, plan_exchange
from cinema.services.orders.cancellations import cancel_seats, cancel_ticket
from cinema.services.orders.counter import pay_out
from cinema.services.orders.orders import give_goodwill, return_seats, settle_by_hand
from cinema.services.orders.returns import buyer_terms, plan_return
from cinema.services.orders.staff_actions import RequestedAction
from cinema.services.orders.upgrades import UpgradeRequest, begin_upgrade
from tests.factories import (
    CONTACT,
    counter_sale,
    gift_card,
    lapsed,
    on_invoice,
    order_holds,
    paid_at_till,
    permission,
    report,
    seat_ids,
    till_session,
    vouchers,
)

BACK = st.sampled_from([0, 0, 0, 1, 2])  # how many orders, payments or refunds to go back
SEATS = st.lists(st.sampled_from(["A1", "A2", "B1", "B2"]), min_size=1, max_size=3, unique=True)
NOTHING = Decimal(0)
MOST_VOUCHERS, MOST_INVOICES = 6, 2
# Without it, buyers only cancel whole tickets, so that few examples reach all that is worth seeing, and the whole check
# is made now and then, as it takes half the time.
EVERY_STEP = "ORDER_MACHINE" in os.environ
GIVEN_BACK = ["seat", "cancel", "seat", "goodwill", "goodwill", *["own"] * EVERY_STEP]


@dataclass
class Books:
    """The plain model: sums in one currency. What was captured and not given back is kept."""

    cards_sold: Decimal = NOTHING
    spent: Decimal = NOTHING  # from gift cards, for tickets
    back_on_cards: Decimal = NOTHING
    vouchers: Decimal = NOTHING  # the prices of the seats that vouchers have paid for, and still do
    captured: Decimal = NOTHING  # for tickets
    given_back: Decimal = NOTHING  # recorded as refunds, paid out or not
    paid_out: Decimal = NOTHING
    by_hand: Decimal = NOTHING
    cash: Decimal = NOTHING  # taken at the till
    cash_back: Decimal = NOTHING  # recorded as refunds of that, paid out or not
    cash_out: Decimal = NOTHING  # of these
    invoiced: Decimal = NOTHING  # sold on invoice
    invoices_paid: Decimal = NOTHING
    off_invoices: Decimal = NOTHING  # refunds of what was not paid yet
    back_of_invoices: Decimal = NOTHING  # refunds of what was, which wait or were transferred
    transferred: Decimal = NOTHING  # of these
    disputed: Decimal = NOTHING
    lost: Decimal = NOTHING
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def owed(self) -> Decimal:
        return self.given_back - self.paid_out - self.by_hand

    @property
    def at_provider(self) -> Decimal:
        return self.captured + self.cards_sold - self.paid_out - self.disputed - self.lost

    @property
    def kept(self) -> Decimal:
        """For tickets."""
        on_invoices = self.invoiced - self.off_invoices - self.back_of_invoices
        in_cash = self.cash - self.cash_back
        return self.captured + self.spent + self.vouchers + in_cash + on_invoices - self.given_back - self.back_on_cards


class Orders(RuleBasedStateMachine):
    """Each step calls a service; what it changes is read from its result and added to the plain model."""

    def __init__(self, shows: Sequence[Show], clerk: object, seen: Counter[str]) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.shows, self.clerk, self.steps = shows, clerk, 0
        self.till = till_session(shows[0].screen.theatre)
        self.card = gift_card(shows[0].screen.theatre, 300)
        self.vouchers: list[Voucher] = []
        self.books = Books(cards_sold=self.card.amount, seen=seen)

    def teardown(self) -> None:
        try:
            self.all_receipts_come_to_what_is_kept()
            self.the_check_finds_no_fault()
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def attempt(self, what: str, service, **arguments) -> bool:
        """Call the service; whether it did what was asked, or refused it by a rule and changed nothing."""
        self.steps += 1
        try:
            with transaction.atomic(), TestCase.captureOnCommitCallbacks(execute=True):
                service(**arguments)
        except BusinessRuleViolation:
            return False
        self.books.seen[what] += 1
        return True

    # Buying

    @rule(
        first=SEATS,
        second=SEATS,
        both=st.booleans(),
        coupon=st.sampled_from(["", "", "TENTH", "FREE"]),
        card=st.booleans(),
        voucher=st.sampled_from([None, None, None, 0, 1]),
    )
    def check_out(self, first, second, both, coupon, card, voucher):
        wanted = [(self.shows[0], first), *([(self.shows[1], second)] if both else [])]
        buyer, holds = f"buyer {self.steps}", []
        for show, names in wanted:
            ids = seat_ids(show, " ".join(names))
            if self.attempt("held", hold_seats, show_id=show.pk, seat_ids=ids, buyer=buyer):
                holds.append(Hold.objects.latest("pk"))
        if holds:
            request = {"contact": CONTACT, "mode": "CARD", "key": f"key {self.steps}", "coupon": coupon}
            request["gift_cards"] = [self.card.code] if card else []
            chosen = nth_last(Voucher.objects.all(), voucher) if voucher is not None and self.vouchers else None
            request["vouchers"] = [chosen.code] if chosen else []
            may_be_used = chosen is None or self.is_open(chosen)
            what = "two shows" if len(holds) == 2 else "one show"
            if self.attempt(what, lambda: order_holds(*holds, **request)):
                assert may_be_used or not Order.objects.latest("pk").uses_vouchers
                if coupon:
                    self.books.seen["a coupon"] += 1
                if Order.objects.latest("pk").lines.filter(cuts__isnull=False).exists():
                    self.books.seen["several coupons"] += 1
            elif not may_be_used:
                self.books.seen["a voucher refused"] += 1

    @initialize(both=st.booleans(), paid=st.booleans())
    def open(self, both, paid):
        """Half of the machines begin with a paid order, so that few are enough to see what can become of one."""
        self.issue_vouchers(2, everywhere=both)
        self.check_out(["A1", "A2"], ["B1"], both, "TENTH" if both else "", card=not both, voucher=0)
        if paid:
            self.pay(0, declined=False)
        elif both:
            self.sell_for_cash(self.shows[1], "A1 A2", part=True)
            self.count_cash()
        else:
            self.sell_on_invoice(self.shows[1], "B2")
            self.invoices_change(["B2"], True, "pay a part")
            self.sell_for_cash(self.shows[1], "A1 A2", part=False)
            self.count_cash()

    # Vouchers

    @rule(what=st.sampled_from(["issue", "expire", "block", "unblock"]), back=BACK)
    def vouchers_change(self, what, back):
        """One more is issued, a batch expires, or one is blocked or unblocked."""
        if what == "issue":
            self.issue_vouchers(1, everywhere=bool(back))
        elif what == "expire":  # those that are given back afterwards are good for longer
            batch = nth_last(VoucherBatch.objects.all(), back)
            VoucherBatch.objects.filter(pk=batch.pk).update(valid_until=self.today - timedelta(days=1))
        else:
            which = {"theatre": self.shows[0].screen.theatre, "pk": nth_last(Voucher.objects.all(), back).pk}
            self.attempt("blocked", block_voucher, **which, blocked=what == "block", user=self.clerk)

    def issue_vouchers(self, number, everywhere):
        if len(self.vouchers) < MOST_VOUCHERS:
            theatre = None if everywhere else self.shows[0].screen.theatre
            self.vouchers += vouchers(theatre, number, valid_until=self.today + timedelta(days=9))

    @property
    def today(self) -> date:
        return timezone.now().astimezone(self.shows[0].screen.theatre.tz).date()

    def is_open(self, voucher: Voucher) -> bool:
        """By the payments that name it, not by itself."""
        taken = voucher.payments.exclude(status__in=["FAILED", "REFUNDED"]).exists()
        return not taken and not voucher.blocked_at and (voucher.last_day is None or voucher.last_day >= self.today)

    @precondition(lambda self: payments().exists())
    @rule(back=BACK, declined=st.sampled_from([False, False, False, True]))
    def pay(self, back, declined):
        payment = nth_last(payments(), back)
        result = Result.DECLINED if declined else Result.PAID
        before = refunded()
        self.attempt("a report", settle_payment, report=report(payment, result))
        if payment.status in Payment.UNPAID and not declined:
            self.books.captured += payment.amount
            late = refunded() - before
            self.books.given_back += late
            self.count_cards()
            self.books.seen["part of an order came too late" if 0 < late < payment.amount else "paid"] += 1

    if EVERY_STEP:

        @precondition(lambda self: tickets_to_upgrade().exists())
        @rule(back=BACK, at_once=st.booleans())
        def upgrade(self, back, at_once):
            """A buyer takes the dearest free seat for the cheapest of a ticket; it is paid for at once, or later."""
            ticket = ticket_by_code(nth_last(tickets_to_upgrade(), back).code)
            lines = sorted(ticket.seats.all(), key=lambda line: line.current_price)
            free = ShowSeat.objects.filter(show=ticket.show, status="AVAILABLE").order_by("-price", "pk").first()
            if free and self.attempt("an upgrade begun", self.begin_upgrade, ticket=ticket, lines=lines, seat=free):
                if at_once:
                    self.pay(0, declined=False)
                if SeatUpgrade.objects.filter(done_at__isnull=False).exists():
                    self.books.seen["an upgrade"] += 1

    def begin_upgrade(self, *, ticket, lines, seat):
        choice = ExchangeChoice(ticket.show_id, [seat.pk, *(line.show_seat_id for line in lines[1:])])
        more = plan_exchange(ticket=ticket, choice=choice).dearer
        request = UpgradeRequest("CARD", f"the key of upgrade {self.steps}", more)
        begin_upgrade(code=ticket.code, choice=choice, request=request)

    @precondition(lambda self: Order.objects.filter(status="OPEN", tickets__show=self.shows[1]).exists())
    @rule(back=BACK)
    def a_payment_comes_when_some_seats_are_gone(self, back):
        """The hold at the first show runs out, and another buyer holds its seats, before the payment comes."""
        order = nth_last(Order.objects.filter(status="OPEN", tickets__show=self.shows[1]), back)
        ticket = order.tickets.order_by("pk").first()
        lapsed(ticket.hold)
        seats = list(ticket.seats.values_list("show_seat", flat=True))
        self.attempt("held", hold_seats, show_id=ticket.show_id, seat_ids=seats, buyer=f"buyer {self.steps}")
        waiting = nth_last(order.payments.by_provider(), 0)
        self.pay(payments().filter(pk__gt=waiting.pk).count(), declined=False)

    @precondition(lambda self: Hold.objects.filter(status="ACTIVE").exists())
    @rule(back=BACK, swept=st.booleans())
    def time_runs_out(self, back, swept):
        lapsed(nth_last(Hold.objects.filter(status="ACTIVE"), back))
        if swept:
            self.attempt("swept", release_all_expired)

    # Cash

    @rule(names=SEATS, second=st.booleans(), part=st.booleans())
    def the_till_is_busy(self, names, second, part):
        """What waits is paid out in cash or transferred; or a ticket that was paid at the till is cancelled; or seats
        are sold for cash, perhaps in two parts."""
        waiting = Refund.objects.filter(payment__mode="CASH", status="PENDING").order_by("pk").last()
        paid = Q(order__payments__mode="CASH") | Q(order__payments__invoice__payments__isnull=False)
        sold = Ticket.objects.filter(paid, status="CONFIRMED").order_by("pk").last()
        if waiting:
            which = {"theatre": self.till.theatre, "code": waiting.code, "till": self.till.code}
            self.attempt("paid out", pay_out, **which, by=self.clerk, supervisor=self.clerk)
        elif of_invoices("PENDING"):
            self.transfer()
        elif sold:
            self.attempt("cancelled", cancel_ticket, code=sold.code)
        else:
            self.sell_for_cash(self.shows[second], " ".join(names), part)
        self.count_cash()
        self.count_invoices()

    def sell_for_cash(self, show, names, part):
        self.attempt("paid in parts" if part else "sold for cash", self.take_cash, show=show, names=names, part=part)

    def take_cash(self, show, names, part):
        sale = counter_sale(self.till, show, names, buyer=f"cash {self.steps}")
        if part:
            paid_at_till(self.till, sale, "CASH", 50)
            assert balances()[accounts.ORDERS] == -50
        paid_at_till(self.till, sale, "CASH", 2000)

    def count_cash(self) -> None:
        """What was taken in cash, and what went back of it."""
        back = Refund.objects.filter(payment__mode="CASH")
        self.books.cash = total(Payment.objects.filter(mode="CASH"), "amount")
        self.books.cash_back, self.books.cash_out = total(back, "amount"), total(back.filter(status="DONE"), "amount")

    # Invoices

    @rule(names=SEATS, second=st.booleans(), what=st.sampled_from(["sell", "pay", "pay a part", "reverse", "cancel"]))
    def invoices_change(self, names, second, what):
        """A group buys on invoice, the latest invoice is paid, or that is reversed, or its ticket is cancelled and the
        money sent back."""
        invoice = Invoice.objects.order_by("pk").last()
        if invoice is None or (what == "sell" and Invoice.objects.count() < MOST_INVOICES):
            self.sell_on_invoice(self.shows[second], " ".join(names))
        elif of_invoices("PENDING"):
            self.transfer()
        elif what == "cancel":
            self.attempt("an invoice cancelled", cancel_ticket, code=invoice.payment.order.tickets.get().code)
        elif what == "reverse":
            self.reverse(invoice)
        elif invoice.left:
            paid = MoneyReceived(
                "TRANSFER", invoice.left if what == "pay" else Decimal(77), f"invoice {self.steps}", "T 1"
            )
            where = {"theatre": invoice.theatre, "code": invoice.code}
            if self.attempt("an invoice paid", pay_invoice, **where, paid=paid, by=self.clerk):
                self.books.invoices_paid += paid.amount
        self.count_invoices()

    def transfer(self):
        """Send back what came for an invoice."""
        waiting = of_invoices("PENDING").order_by("pk").last()
        requested = RequestedAction(self.clerk, "sent", latest_event(waiting.ticket), f"action {self.steps}")
        which = {"code": waiting.ticket.code, "refund_id": waiting.pk}
        self.attempt("transferred back", settle_by_hand, **which, requested=requested)

    def sell_on_invoice(self, show, names):
        buyer = f"group {self.steps}"
        self.attempt(
            "sold on invoice",
            lambda: on_invoice(self.till, counter_sale(self.till, show, names, buyer=buyer)),
        )
        self.books.invoiced = total(Payment.objects.filter(mode="INVOICE"), "amount")

    def reverse(self, invoice):
        """Take the last payment of an invoice back, unless it was refunded meanwhile."""
        if paid := invoice.payments.filter(reverses=None, reversal=None).order_by("pk").last():
            allowed = permission(self.till, "WRONG_AMOUNT")
            where = {"theatre": invoice.theatre, "pk": paid.pk, "till": self.till.code}
            if self.attempt("a payment reversed", reverse_invoice_payment, **where, permission=allowed):
                self.books.invoices_paid -= paid.amount

    def count_invoices(self) -> None:
        """What refunds took off invoices, and what goes back of the money that came for them."""
        self.books.off_invoices = total(of_invoices("DONE"), "amount")
        self.books.transferred = total(of_invoices("BY_HAND"), "amount")
        self.books.back_of_invoices = total(of_invoices("PENDING"), "amount") + self.books.transferred
        if self.books.off_invoices:
            self.books.seen["taken off an invoice"] += 1

    # Giving back

    @precondition(lambda self: Ticket.objects.filter(status="CONFIRMED").exists())
    @rule(back=BACK, way=st.sampled_from(GIVEN_BACK), amount=st.integers(1, 99))
    def give_back(self, back, way, amount):
        ticket, before = nth_last(Ticket.objects.filter(status="CONFIRMED"), back), refunded()
        requested = RequestedAction(self.clerk, "was ill", latest_event(ticket), f"action {self.steps}")
        if way == "cancel":
            self.attempt("cancelled", cancel_ticket, code=ticket.code)
        elif way == "goodwill":
            given = {"amount": Decimal(amount), "requested": requested}
            self.attempt("goodwill", give_goodwill, code=ticket.code, **given)
        elif way == "own":
            self.attempt("a seat cancelled", self.cancel_seat, ticket=ticket_by_code(ticket.code))
        else:
            seat = ticket.seats.filter(active=True).first().show_seat_id
            self.attempt("a seat returned", return_seats, code=ticket.code, seat_ids=[seat], requested=requested)
        self.books.given_back += refunded() - before
        self.count_cards()
        self.count_cash()
        self.count_invoices()

    def cancel_seat(self, *, ticket):
        """Cancel a seat as its buyer, for the refund that the page shows."""
        seat = [ticket.seats.all()[0].show_seat_id]
        plan = plan_return(ticket=ticket, lines=ticket.seats.all(), seat_ids=seat)
        cancel_seats(code=ticket.code, seat_ids=seat, seen=buyer_terms(ticket=ticket, plan=plan).amount)

    @precondition(lambda self: refunds().exists())
    @rule(back=BACK, state=st.sampled_from([RefundState.DONE, RefundState.FAILED]))
    def a_refund_is_decided(self, back, state):
        refund = nth_last(refunds().select_related("payment"), back)
        minor = to_minor(refund.amount, "INR")
        key = "" if refund.reason == Refund.Reason.AT_PROVIDER else refund.key
        told = {"refund_id": f"re {refund.pk} {refund.tries}", "key": key, "amount": minor, "currency": "INR"}
        self.attempt("a refund decided", settle_refund, refund_id=refund.pk, report=RefundReport(state=state, **told))
        self.count_refunds()

    @precondition(lambda self: Refund.objects.filter(status="FAILED").exists())
    @rule(back=BACK)
    def a_refused_refund_is_settled_by_hand(self, back):
        refund = nth_last(Refund.objects.filter(status="FAILED"), back)
        ticket = refund.ticket or refund.payment.order.tickets.first()
        requested = RequestedAction(self.clerk, "in cash", latest_event(ticket), f"action {self.steps}")
        self.attempt("by hand", settle_by_hand, code=ticket.code, refund_id=refund.pk, requested=requested)
        self.count_refunds()

    @precondition(lambda self: paid().exists())
    @rule(back=BACK, whole=st.booleans(), amount=st.integers(1, 400))
    def the_owner_refunds_at_the_provider(self, back, whole, amount):
        payment, before = nth_last(paid(), back), refunded()
        minor = to_minor(payment.amount, "INR") if whole else amount * 100
        about = {"reference": payment.code, "refund_id": f"dashboard {self.steps}", "key": "", "currency": "INR"}
        made = RefundReport(state=RefundState.DONE, amount=minor, **about)
        answered = {"report": made, "gateway": payment.gateway, "asked": True}
        if self.attempt("refunded at the provider", receive_refund, **answered):
            self.books.given_back += refunded() - before
        self.count_refunds()

    def count_refunds(self) -> None:
        """What became of the refunds, which their services decide: see the tests of each."""
        sums = dict(refunds().values_list("status").annotate(sum=Sum("amount")))
        self.books.paid_out, self.books.by_hand = sums.get("DONE", NOTHING), sums.get("BY_HAND", NOTHING)

    def count_cards(self) -> None:
        """What gift cards paid, and what went back on them."""
        paid = total(Payment.objects.filter(status="SUCCESS").exclude(voucher=None), "amount")
        self.books.seen["a voucher used" if paid > self.books.vouchers else "nothing used"] += 1
        self.books.seen["a voucher came back" if paid < self.books.vouchers else "nothing came back"] += 1
        self.books.vouchers = paid
        if Voucher.objects.exclude(extended_until=None).exists():
            self.books.seen["a voucher extended"] += 1
        spent = total(Payment.objects.paid().exclude(gift_card=None), "amount")
        if spent > self.books.spent:
            self.books.seen["a gift card spent"] += 1
        self.books.spent = spent
        self.books.back_on_cards = total(Refund.objects.exclude(payment__gift_card=None), "amount")
        if self.books.back_on_cards:
            self.books.seen["money went back on a gift card"] += 1

    # Disputes

    @precondition(lambda self: paid().exclude(amount=0).exists())
    @rule(back=BACK, state=st.sampled_from(DisputeState), asked=st.booleans())
    def a_dispute_is_reported(self, back, state, asked):
        payment = nth_last(paid().exclude(amount=0), back)
        name, amount = f"dispute of {payment.pk}", payment.amount
        was = Dispute.objects.filter(dispute_id=name).values_list("status", flat=True).first()
        told = DisputeReport(
            dispute_id=name, reference=payment.code, amount=to_minor(amount, "INR"), currency="INR", state=state
        )
        answered = {"report": told, "gateway": payment.gateway, "asked": asked}
        if not self.attempt(f"a dispute {state.lower()}", receive_dispute, **answered):
            return
        if was is None:
            self.books.disputed += amount
        if state not in (DisputeState.OPEN, was):
            if was == Dispute.Status.LOST:
                self.books.lost -= amount
            elif was != Dispute.Status.WON:
                self.books.disputed -= amount
            if state == DisputeState.LOST:
                self.books.lost += amount

    # What holds after every step

    @rule(back=BACK)
    def receipts_are_issued(self, back):
        if due := [*orders_without_receipt(), *orders_without_credit_note()]:
            self.attempt("a receipt issued", issue_receipts, order_id=due[-1 - back % len(due)])

    @precondition(lambda self: self.steps % 5 == 0)
    @rule(back=BACK)
    def a_company_wants_the_receipt(self, back):
        if Order.objects.exists():
            order = nth_last(Order.objects.all(), back)
            self.attempt("a company named", issue_for_company, order_id=order.pk, buyer=ReceiptBuyer("Rao & Co"))

    @invariant()
    def receipts_have_no_gaps_and_come_to_what_is_kept(self):
        assert list(receipt_faults()) == []

    def all_receipts_come_to_what_is_kept(self):
        for key in {*orders_without_receipt(), *orders_without_credit_note()}:
            issue_receipts(order_id=key)
        for order in Order.objects.exclude(receipts=None):
            assert taxes_on_receipts(order) == taxes_in_ledger(order), order
            self.each_coupon_is_left_what_it_took_off_the_seats_that_stay(order)
        assert total(Receipt.objects.all(), "total") == self.books.kept + self.books.cards_sold
        assert list(receipt_faults()) == []

    def each_coupon_is_left_what_it_took_off_the_seats_that_stay(self, order):
        """If nothing else was refunded of the order but seats at their full price."""
        refunds = Refund.objects.filter(payment__order=order)
        discounts = order.lines.filter(cuts__isnull=False)
        if not discounts or not refunds or set(refunds.values_list("reason", flat=True)) != {"SEATS_RETURNED"}:
            return
        seats = [line.ticket_seat.active for line in order.lines.exclude(ticket_seat=None).order_by("pk")]
        for line in discounts:
            stays = sum((Decimal(cut) for cut, here in zip(line.cuts, seats, strict=True) if here), NOTHING)
            left = ReceiptLine.objects.filter(order_line=line).aggregate(sum=Sum("amount"))["sum"]
            assert -left == stays, order
        self.books.seen["a seat returned that several coupons were for"] += 1

    @invariant()
    def the_accounts_have_what_the_plain_model_has(self):
        has = balances()
        assert has[accounts.CLEARING] == self.books.at_provider
        waiting = self.books.back_of_invoices - self.books.transferred + self.books.cash_back - self.books.cash_out
        assert has[accounts.REFUNDS] == -self.books.owed - waiting
        assert has[accounts.DRAWER] == self.till.opening_float + self.books.cash - self.books.cash_out
        assert in_drawer(self.till) == has[accounts.DRAWER]
        assert has[accounts.BY_HAND] == -self.books.by_hand - self.books.transferred
        assert has[accounts.BANK] == self.books.invoices_paid
        left = self.books.invoiced - self.books.invoices_paid - self.books.off_invoices
        assert has[accounts.RECEIVABLES] == left == total(Invoice.objects.all(), "left")
        assert has[accounts.DISPUTES] == self.books.disputed
        assert has[accounts.DISPUTE_LOSSES] == self.books.lost
        allocated = sum((has[kind] for kind in accounts.ALLOCATED), NOTHING)
        received = self.books.captured + self.books.cards_sold + self.books.vouchers
        received += self.books.cash + self.books.invoiced
        back = self.books.given_back + self.books.off_invoices + self.books.back_of_invoices + self.books.cash_back
        assert -allocated == received - back
        assert has[accounts.VOUCHERS] == self.books.vouchers
        assert -has[accounts.GIFT_CARDS] == self.books.cards_sold - self.books.spent + self.books.back_on_cards
        assert has[accounts.ORDERS] == 0

    @invariant()
    def the_entries_sum_to_nothing(self):
        assert sum(balances().values()) == 0

    @invariant()
    def what_is_kept_is_what_the_tickets_keep_and_the_revenue_of_shows(self):
        assert total(Ticket.objects.all(), "kept") == total(Show.objects.all(), "revenue") == self.books.kept

    @invariant()
    def a_gift_card_has_what_is_neither_spent_nor_reserved(self):
        reserved = total(Payment.objects.filter(status="PENDING").exclude(gift_card=None), "amount")
        left = self.books.cards_sold - self.books.spent + self.books.back_on_cards
        assert total(GiftCard.objects.all(), "balance") == left - reserved

    @invariant()
    def a_voucher_is_used_by_the_one_payment_that_counts(self):
        counts = Payment.objects.exclude(voucher=None).exclude(status__in=["FAILED", "REFUNDED"])
        used = sorted(counts.values_list("voucher", flat=True))
        assert used == sorted(Voucher.objects.exclude(used_at=None).values_list("pk", flat=True))
        assert not Refund.objects.exclude(payment__voucher=None).exclude(amount=F("payment__amount"), status="DONE")

    @precondition(lambda self: EVERY_STEP or self.steps % 4 == 0)
    @invariant()
    def the_check_finds_no_fault(self):
        assert [*map(str, ledger_faults()), *coupon_faults(), *voucher_faults(), *till_faults()] == []

    @invariant()
    def lines_come_to_the_totals_of_orders_and_tickets(self):
        for order in Order.objects.exclude(tickets=None).prefetch_related("lines", "tickets"):
            assert sum(line.amount for line in order.lines.all()) == order.total
            assert sum(ticket.amount for ticket in order.tickets.all()) == order.total


def nth_last(rows, back):
    found = list(rows.order_by("pk"))
    return found[-1 - back % len(found)]


def latest_event(ticket: Ticket) -> int:
    return ticket.audit.order_by("pk").values_list("pk", flat=True).last() or 0


def tickets_to_upgrade():
    return Ticket.objects.filter(status="CONFIRMED", order__channel="WEB", kept_vouchers=0)


def payments():
    """At the provider, for tickets."""
    return Payment.objects.by_provider().exclude(order__tickets=None).exclude(mode__in=TILL_MODES)


def paid():
    return payments().exclude(status__in=Payment.UNPAID)


def refunds():
    """At the provider."""
    return Refund.objects.filter(payment__gift_card=None, payment__voucher=None).exclude(payment__mode__in=TILL_MODES)


def of_invoices(status: str):
    """The refunds of what was sold on invoice, as far as this stands so."""
    return Refund.objects.filter(payment__mode="INVOICE", status=status)


def refunded() -> Decimal:
    return total(refunds(), "amount")


def total(rows, what: str) -> Decimal:
    return sum(rows.values_list(what, flat=True), NOTHING)


def taxes_on_receipts(order: Order) -> dict[tuple[str, Decimal], tuple[Decimal, Decimal]]:
    """The amount and the tax that the receipts of an order leave, by kind and rate; discounts with the seats."""
    found: dict = {}
    for line in ReceiptLine.objects.filter(receipt__order=order).select_related("order_line"):
        kind = {"DISCOUNT": "SEAT"}.get(line.order_line.kind, line.order_line.kind)
        amount, tax = found.get((kind, line.tax_percent), (NOTHING, NOTHING))
        found[kind, line.tax_percent] = amount + line.amount, tax + line.tax
    return {key: sums for key, sums in found.items() if any(sums) and key[0] != "GIFT_CARD"}


def taxes_in_ledger(order: Order) -> dict[tuple[str, Decimal], tuple[Decimal, Decimal]]:
    """What the ledger has allocated for an order, and the tax in it, by kind and rate.

    The next credit note says what seats that were returned for nothing have moved since the last.
    """
    found: dict = {}
    entries = list(entries_of(order))
    owed = [entry for entry in entries if entry.kind == MoneyEntry.Kind.REFUND_OWED]
    while owed and owed[-1].refund_id is None:
        entries.remove(owed.pop())
    for account, credit in balances_of(entries).items():
        if about := accounts.taxable(account):
            amount, tax = found.get((about.kind, about.percent), (NOTHING, NOTHING))
            found[about.kind, about.percent] = amount + credit, tax + (credit if about.is_tax else NOTHING)
    return {key: sums for key, sums in found.items() if any(sums)}


def balances() -> Counter:
    """The debit of each kind of account, less its credit."""
    found: Counter = Counter()
    for debit, credit, amount in MoneyEntry.objects.values_list("debit", "credit", "amount"):
        found[accounts.kind_of(debit)] += amount
        found[accounts.kind_of(credit)] -= amount
    return found
