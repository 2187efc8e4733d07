"""Payments and refunds."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cinema.domain.cash import rounded
from cinema.models.bookings import Ticket, TicketSeat
from cinema.models.codes import CodeField
from cinema.models.orders import Order, currency
from cinema.models.retries import Retried
from cinema.models.tills import TillSession, staff_field

if TYPE_CHECKING:
    from cinema.models.annotated import PaymentWithReason


def rounding_field() -> "models.DecimalField[Decimal, Decimal]":
    """What cash was more, or less, than the amount, for want of smaller coins."""
    return models.DecimalField(_("rounding"), max_digits=10, decimal_places=2, default=0, db_default=0)


class PaymentMode(models.TextChoices):
    """How the buyer wants to pay."""

    UPI = "UPI", _("UPI")
    CARD = "CARD", _("Card")
    NETBANKING = "NETBANKING", _("Net banking")
    WALLET = "WALLET", _("Wallet")
    # Beside another payment of the order: see Payment
    GIFT_CARD = "GIFT_CARD", _("Gift card")
    VOUCHER = "VOUCHER", _("Voucher")
    # Taken by staff at a till
    CASH = "CASH", _("Cash")
    TERMINAL = "TERMINAL", _("Card terminal")
    INVOICE = "INVOICE", _("Invoice")  # sold at a till, and paid later: see Invoice
    # Started by staff at a till, and taken by a provider
    READER = "READER", _("Card reader")
    QR = "QR", _("UPI code")


PREPAID = (PaymentMode.GIFT_CARD, PaymentMode.VOUCHER)
HALF_A_CENT = Decimal("0.005")  # SQLite adds as floats
TAKEN_AT_ONCE = (PaymentMode.CASH, PaymentMode.TERMINAL)
TILL_MODES = (*TAKEN_AT_ONCE, PaymentMode.INVOICE)
REFUNDED_IN_CASH = (PaymentMode.CASH, PaymentMode.INVOICE)  # if a till pays the refund out
COUNTER_MODES = (PaymentMode.READER, PaymentMode.QR)
PROVIDER_MODES = [mode.value for mode in PaymentMode if mode not in (*PREPAID, *TILL_MODES, *COUNTER_MODES)]


class PaymentQuerySet(models.QuerySet["Payment"]):
    def by_provider(self) -> "PaymentQuerySet":
        """Filter the payments of what neither gift cards nor vouchers pay."""
        return self.filter(gift_card=None, voucher=None)

    def prepaid(self) -> "PaymentQuerySet":
        """Filter the payments by gift cards and vouchers."""
        return self.filter(mode__in=PREPAID)

    def unpaid(self) -> "PaymentQuerySet":
        """Filter the payments for which no money has arrived yet."""
        return self.filter(status__in=Payment.UNPAID)

    def paid(self) -> "PaymentQuerySet":
        """Filter the payments for which money has arrived, refunded or not."""
        return self.exclude(status__in=Payment.UNPAID)

    def begun_at_till(self) -> "PaymentQuerySet":
        """Filter what a till has taken of a sale and has not given back, and what a provider is asked for there."""
        taken = models.Q(status__in=Payment.KEPT, till_session__isnull=False)
        return self.filter(taken | models.Q(status=Payment.Status.PENDING, mode__in=COUNTER_MODES))

    def with_refund_reason(self) -> "models.QuerySet[PaymentWithReason]":
        """Annotate ``refund_reason``: why the payment is refunded; None if it is not."""
        refunds = Refund.objects.filter(payment=models.OuterRef("pk")).order_by("pk")
        rows: models.QuerySet[Payment] = self
        return rows.annotate(refund_reason=models.Subquery(refunds.values("reason")[:1]))


class Payment(Retried):
    """One attempt to pay for an order, which has one PENDING payment at most.

    ``key`` is the request's idempotency key, hashed with its owner; ``fingerprint`` binds it to the request's content,
    so that the same key can neither pay twice nor be reused for another request. ``mode`` and ``gateway`` are "" if
    nothing is to be paid. ``pay_url`` is the provider's payment page (a path if it is ours) and ``provider_id`` the
    provider's id of it, both "" until the provider has been contacted; ``capture_id`` is that of the money, "" until it
    came.
    Until money arrives, the provider is next queried at ``due_at``.

    What gift cards and vouchers pay of an order is a payment for each ``gift_card`` and ``voucher``, written before the
    one for the rest: PENDING while it is reserved, SUCCESS with the payment of the rest, FAILED when it was returned.
    A voucher pays for one ``ticket_seat`` as a whole, so its payment is refunded as a whole, which opens it again.

    What is paid at a till (TILL_MODES) has the ``till_session`` and who took it, and SUCCESS at once: an order may be
    paid in parts, the last of which sells it. ``tendered`` is the cash that was handed over, change included,
    ``rounding`` what was taken more than ``amount`` (or less) for want of smaller coins, and ``capture_id`` what the
    card terminal printed. What is sold on invoice counts as paid; its Invoice says what the payer still owes.
    What is started at a till, but taken by a provider (COUNTER_MODES), has the ``till_session`` and a ``gateway``, and
    is PENDING until the provider reports it. Its money is a part of the price, as that taken at a till is.
    """

    class Status(models.TextChoices):
        PENDING = "PENDING", _("waiting")
        SUCCESS = "SUCCESS", _("paid")
        REPLACED = "REPLACED", _("replaced by another payment")
        FAILED = "FAILED", _("failed")
        PART_REFUNDED = "PART_REFUNDED", _("partly refunded")
        REFUNDED = "REFUNDED", _("refunded")
        DISPUTED = "DISPUTED", _("disputed")

    # A provider may still report money for any of them, since reports may arrive out of order.
    UNPAID = (Status.PENDING, Status.REPLACED, Status.FAILED)
    OPEN = (Status.PENDING, Status.REPLACED)
    KEPT = (Status.SUCCESS, Status.PART_REFUNDED)

    code = CodeField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    mode = models.CharField(_("payment mode"), max_length=12, choices=PaymentMode)
    gateway = models.CharField(max_length=40)  # as in gateways.GATEWAYS; a dotted path in rows of earlier versions
    gift_card = models.ForeignKey(
        "cinema.GiftCard", on_delete=models.PROTECT, related_name="payments", null=True, blank=True
    )
    voucher = models.ForeignKey(
        "cinema.Voucher", on_delete=models.PROTECT, related_name="payments", null=True, blank=True, db_index=False
    )
    ticket_seat = models.ForeignKey(
        TicketSeat, on_delete=models.PROTECT, related_name="vouchers", null=True, blank=True, db_index=False
    )
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3, default=currency)
    status = models.CharField(_("status"), max_length=14, choices=Status, default=Status.PENDING)
    key = models.CharField(max_length=64, unique=True, editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    pay_url = models.TextField(blank=True, default="", db_default="", editable=False)
    provider_id = models.CharField(max_length=255, blank=True, default="", db_default="", editable=False)
    capture_id = models.CharField(max_length=255, blank=True, default="", db_default="", editable=False)
    till_session = models.ForeignKey(
        TillSession, on_delete=models.PROTECT, related_name="payments", null=True, blank=True, db_index=False
    )
    taken_by = staff_field(_("taken by"), null=True, blank=True)
    tendered = models.DecimalField(_("handed over"), max_digits=10, decimal_places=2, null=True, blank=True)
    rounding = rounding_field()
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="payment_due"),
            models.Index(fields=["failing_since"], condition=Q(failing_since__isnull=False), name="payment_failing"),
            models.Index(fields=["gateway", "created_at"], name="payment_by_gateway_and_age"),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="payment_provider_id"),
            models.Index(fields=["capture_id"], condition=~Q(capture_id=""), name="payment_capture_id"),
            models.Index(fields=["voucher"], condition=Q(voucher__isnull=False), name="payment_by_voucher"),
            models.Index(
                fields=["till_session"], condition=Q(till_session__isnull=False), name="payment_by_till_session"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_amount_not_negative"),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status="PENDING", gift_card=None, voucher=None),
                name="payment_one_pending_per_order",
            ),
            models.UniqueConstraint(
                fields=["voucher"],
                condition=Q(voucher__isnull=False) & ~Q(status__in=["FAILED", "REFUNDED"]),
                name="payment_voucher_used_once",
            ),
            models.UniqueConstraint(
                fields=["ticket_seat"],
                condition=Q(voucher__isnull=False) & ~Q(status__in=["FAILED", "REFUNDED"]),
                name="payment_one_voucher_per_seat",
            ),
            models.CheckConstraint(
                condition=Q(voucher=None, ticket_seat=None)
                | Q(voucher__isnull=False, ticket_seat__isnull=False, gift_card=None, mode="VOUCHER"),
                name="payment_voucher_for_a_seat",
            ),
            models.CheckConstraint(
                condition=~Q(mode__in=TILL_MODES) | Q(till_session__isnull=False, gateway=""),
                name="payment_at_a_till",
            ),
            models.CheckConstraint(
                condition=~Q(mode__in=COUNTER_MODES) | Q(till_session__isnull=False) & ~Q(gateway=""),
                name="payment_started_at_a_till",
            ),
            models.CheckConstraint(
                condition=Q(tendered=None)
                | Q(mode="CASH", tendered__gt=models.F("amount") + models.F("rounding") - HALF_A_CENT),
                name="payment_tendered_in_cash",
            ),
            models.CheckConstraint(condition=Q(rounding=0) | Q(mode="CASH"), name="payment_rounded_in_cash"),
        ]

    def __str__(self) -> str:
        return f"{self.order} · {self.amount} {self.currency}"

    def get_absolute_url(self) -> str:
        return reverse("payment", args=[self.code])

    @property
    def is_prepaid(self) -> bool:
        """Whether a gift card or a voucher pays it, to which refunds go back at once, and no provider."""
        return self.mode in PREPAID

    @property
    def is_at_till(self) -> bool:
        """Whether staff took it at a till."""
        return self.mode in TILL_MODES

    @property
    def is_started_at_till(self) -> bool:
        """Whether staff started it at a till, and a provider takes it."""
        return self.mode in COUNTER_MODES

    @property
    def is_on_invoice(self) -> bool:
        """Whether it is what an invoice asks for."""
        return self.mode == PaymentMode.INVOICE

    @property
    def is_refunded_in_cash(self) -> bool:
        """Whether a refund of it that a till pays out leaves the drawer: so does money that came for an invoice."""
        return self.mode in REFUNDED_IN_CASH

    @property
    def is_of_till(self) -> bool:
        """Whether it may pay a part of what is sold at a till."""
        return self.is_at_till or self.is_started_at_till

    @property
    def rounded(self) -> Decimal:
        """What was received: the amount, rounded if it was cash."""
        return self.amount + self.rounding

    @property
    def change(self) -> Decimal:
        """The change for the cash that was handed over."""
        return (self.rounded if self.tendered is None else self.tendered) - self.rounded


class PaymentKey(models.Model):
    """The idempotency key of a repeated request for a payment that was open already; hashed as in Payment."""

    key = models.CharField(max_length=64, unique=True, editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="further_keys")

    class Meta:
        verbose_name = _("payment key")
        verbose_name_plural = _("payment keys")

    def __str__(self) -> str:
        return f"{self.payment} · {self.key}"


class Refund(Retried):
    """A refund. It is written in the transaction of its cause and sent to the provider afterwards.

    ``ticket`` is the one it is for; None if it returns a payment of an order that had been paid before. A refund made
    at the provider for several tickets has a row for each, with the same ``provider_id``.
    ``till_session`` is where cash was paid out, or a terminal reversed, and ``paid_by`` who did it. ``rounding`` is
    what was paid out in cash more than ``amount``, or less. One that only lessens what is left of an invoice is DONE
    at once, at no till.
    ``credit_note_due`` is False once its credit note was issued, or none is needed: see services.money.receipts.

    ``key`` is the provider's idempotency key: a retry never refunds twice. Each time the provider fails it, ``tries``
    rises and with it the key, until it is FAILED and staff settle it by hand. ``provider_id`` is the provider's id of
    the current try, "" until there is one.
    """

    class Reason(models.TextChoices):
        CANCELLED = "CANCELLED", _("ticket cancelled")
        SHOW_CANCELLED = "SHOW_CANCELLED", _("show cancelled")
        SHOW_STARTED = "SHOW_STARTED", _("the payment arrived after the show had started")
        SEATS_GONE = "SEATS_GONE", _("the seats were gone when the payment arrived")
        PRICE_ROSE = "PRICE_ROSE", _("the seats cost more when the payment arrived")
        OTHERS_GONE = "OTHERS_GONE", _("cheaper only together with seats that were gone when the payment arrived")
        CARD_SPENT = "CARD_SPENT", _("the gift card had been spent when the payment arrived")
        VOUCHER_USED = "VOUCHER_USED", _("the voucher had been used when the payment arrived")
        CARD_BLOCKED = "CARD_BLOCKED", _("the gift card was blocked when the payment arrived")
        CARD_RETURNED = "CARD_RETURNED", _("gift card returned unspent")
        PAID_TWICE = "PAID_TWICE", _("paid twice")
        SEATS_RETURNED = "SEATS_RETURNED", _("seats refunded")
        GOODWILL = "GOODWILL", _("goodwill")
        AT_PROVIDER = "AT_PROVIDER", _("made at the provider")
        VOIDED = "VOIDED", _("voided at the till")
        UPGRADE_LATE = "UPGRADE_LATE", _("the ticket could not be exchanged when the payment arrived")

    class Status(models.TextChoices):
        PENDING = "PENDING", _("on its way")
        DONE = "DONE", _("done")
        FAILED = "FAILED", _("refused by the provider")
        BY_HAND = "BY_HAND", _("settled by hand")

    OWED = (Status.PENDING, Status.FAILED)
    PAID_OUT = (Status.DONE, Status.BY_HAND)

    code = CodeField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="refunds", null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=14, choices=Reason)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    credit_note_due = models.BooleanField(default=True, db_default=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    provider_id = models.CharField(max_length=255, blank=True, default="", db_default="", editable=False)
    till_session = models.ForeignKey(
        TillSession, on_delete=models.PROTECT, related_name="refunds", null=True, blank=True, db_index=False
    )
    paid_by = staff_field(_("paid out by"), null=True, blank=True)
    rounding = rounding_field()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="refund_due"),
            models.Index(fields=["created_at"], condition=Q(status="PENDING"), name="refund_pending"),
            models.Index(fields=["created_at"], condition=Q(status="FAILED"), name="refund_failed"),
            models.Index(fields=["created_at"], condition=Q(status="DONE"), name="refund_done"),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="refund_provider_id"),
            models.Index(fields=["id"], condition=Q(credit_note_due=True), name="refund_without_credit_note"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(rounding=0) | Q(till_session__isnull=False), name="refund_rounded_at_a_till"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment} · -{self.amount}"

    @property
    def rounded(self) -> Decimal:
        """What is paid out: the amount, rounded if it is cash that was not paid out yet, or as it was paid out."""
        if self.payment.is_refunded_in_cash and self.status == self.Status.PENDING:
            return rounded(self.amount, self.payment.currency)
        return self.amount + self.rounding

    @property
    def is_off_invoice(self) -> bool:
        """Whether it has only lessened what is left to pay of an invoice."""
        return self.payment.is_on_invoice and self.status == self.Status.DONE and self.till_session_id is None

    @property
    def way(self) -> str:
        """How a till pays it out, for people."""
        cash = str(PaymentMode.CASH.label)
        return cash if self.payment.is_refunded_in_cash else self.payment.get_mode_display()

    @property
    def key(self) -> str:
        """What tells the provider this try from all others."""
        return f"{self.code}.{self.tries}" if self.tries else self.code
