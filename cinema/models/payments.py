"""Money in, and money back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cinema.models.bookings import Ticket
from cinema.models.codes import CodeField


class PaymentMode(models.TextChoices):
    """How the buyer wants to pay."""

    UPI = "UPI", _("UPI")
    CARD = "CARD", _("Card")
    NETBANKING = "NETBANKING", _("Net banking")
    WALLET = "WALLET", _("Wallet")


def currency() -> str:
    return settings.CURRENCY


class PaymentQuerySet(models.QuerySet["Payment"]):
    def unpaid(self) -> "PaymentQuerySet":
        """Those no money has come for yet."""
        # Not as status__in: only so does SQLite see that the index of these few knows them all.
        return self.filter(Q(status=Payment.Status.PENDING) | Q(status=Payment.Status.FAILED))

    def paid(self) -> "PaymentQuerySet":
        """Those money has come for, also if it went back."""
        return self.exclude(status__in=Payment.UNPAID)

    def with_refund_reason(self) -> "PaymentQuerySet":
        """Add ``refund_reason``: why its money goes back, None where it does not."""
        refunds = Refund.objects.filter(payment=models.OuterRef("pk")).order_by("pk")
        return self.annotate(refund_reason=models.Subquery(refunds.values("reason")[:1]))


class Payment(models.Model):
    """One attempt to pay for a ticket.

    ``key`` is the request's idempotency key, hashed with whose it is; ``fingerprint`` binds it to what was
    asked for, so that the same key can neither pay twice nor be used for something else.
    """

    class Status(models.TextChoices):
        PENDING = "PENDING", _("waiting")
        SUCCESS = "SUCCESS", _("paid")
        FAILED = "FAILED", _("failed")
        PART_REFUNDED = "PART_REFUNDED", _("refunded in part")
        REFUNDED = "REFUNDED", _("refunded")

    # A provider may still report money for either: reports overtake each other.
    UNPAID = (Status.PENDING, Status.FAILED)

    code = CodeField()
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="payments")
    mode = models.CharField(_("payment mode"), max_length=12, choices=PaymentMode)
    gateway = models.CharField(max_length=40)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3, default=currency)
    status = models.CharField(_("status"), max_length=14, choices=Status, default=Status.PENDING)
    key = models.CharField(max_length=64, unique=True, editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(status="PENDING") | Q(status="FAILED"), name="payment_unpaid"
            )
        ]
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="payment_amount_not_negative")]

    def __str__(self) -> str:
        return f"{self.ticket} · {self.amount} {self.currency}"

    def get_absolute_url(self) -> str:
        return reverse("payment", args=[self.code])


class Refund(models.Model):
    """Money to give back. It is written with its cause and carried out at the gateway afterwards, under its
    ``code``, so that trying again never pays back twice."""

    class Reason(models.TextChoices):
        CANCELLED = "CANCELLED", _("ticket cancelled")
        SHOW_CANCELLED = "SHOW_CANCELLED", _("show cancelled")
        SHOW_STARTED = "SHOW_STARTED", _("payment came after the show had started")
        SEATS_GONE = "SEATS_GONE", _("seats were gone when the payment came")
        PRICE_ROSE = "PRICE_ROSE", _("the seats cost more when the payment came")
        PAID_TWICE = "PAID_TWICE", _("already paid")
        SEATS_RETURNED = "SEATS_RETURNED", _("some seats given back")
        GOODWILL = "GOODWILL", _("goodwill")

    class Status(models.TextChoices):
        PENDING = "PENDING", _("on its way")
        DONE = "DONE", _("paid back")

    code = CodeField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=14, choices=Reason)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        indexes = [models.Index(fields=["created_at"], condition=Q(status="PENDING"), name="refund_pending")]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive")]

    def __str__(self) -> str:
        return f"{self.payment} · -{self.amount}"
