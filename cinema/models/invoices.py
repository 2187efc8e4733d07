"""Invoices: what was sold at the counter to a school or a company, which pays later, and what they have paid of it."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cinema.models.codes import CodeField
from cinema.models.payments import Payment, rounding_field
from cinema.models.theatres import Theatre
from cinema.models.tills import TillSession, staff_field


class Invoice(models.Model):
    """What the payer of a sale owes until ``due_on``, a day of the theatre; one for a Payment in the mode INVOICE.

    Its number and its printed form are those of the order's receipt, which is issued as an invoice. ``left`` is what is
    still to be paid: the amount of the payment, less what was paid of it and what refunds took off it. It changes
    under the lock of the payment only.
    """

    code = CodeField()
    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="invoices", db_index=False)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="invoice")
    payer = models.CharField(_("payer"), max_length=150)
    address = models.CharField(_("address"), max_length=300)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True, default="")
    due_on = models.DateField(_("due"))
    left = models.DecimalField(_("left to pay"), max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        indexes = [models.Index(fields=["theatre", "due_on"], condition=Q(left__gt=0), name="invoice_open")]
        constraints = [models.CheckConstraint(condition=Q(left__gte=0), name="invoice_left_not_negative")]

    def __str__(self) -> str:
        return f"{self.payer} · {self.due_on}"

    def get_absolute_url(self) -> str:
        return reverse("staff-payments-invoice", args=[self.theatre.slug, self.code])

    @property
    def sold_on(self) -> date:
        """The day of the theatre on which it was sold; it comes with its payment and theatre."""
        return self.payment.created_at.astimezone(self.theatre.tz).date()


class InvoicePayment(models.Model):
    """Money that came for an invoice: cash at a till, or a bank transfer with its ``reference``. Never altered.

    One that should not have been entered is reversed by a second one, of the negative amount, which ``reverses`` it.
    ``paid_on`` is the day of the money, ``at`` when it was entered. ``rounding`` is the cash taken more than
    ``amount``, or less, for want of smaller coins. ``key`` is the idempotency key of the request.
    """

    class Way(models.TextChoices):
        CASH = "CASH", _("Cash")
        TRANSFER = "TRANSFER", _("Bank transfer")

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    way = models.CharField(_("paid by"), max_length=8, choices=Way)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    rounding = rounding_field()
    reference = models.CharField(_("reference"), max_length=100, blank=True, default="")
    paid_on = models.DateField(_("paid on"))
    till_session = models.ForeignKey(
        TillSession, on_delete=models.PROTECT, related_name="invoice_payments", null=True, blank=True
    )
    at = models.DateTimeField(_("entered"))
    by = staff_field(_("by"))
    key = models.CharField(max_length=64, unique=True, editable=False)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="reversal", null=True, blank=True, verbose_name=_("reverses")
    )

    class Meta:
        verbose_name = _("payment of an invoice")
        verbose_name_plural = _("payments of invoices")
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="invoice_payment_or_its_reversal",
            ),
            models.CheckConstraint(
                condition=Q(way="CASH", till_session__isnull=False)
                | Q(way="TRANSFER", till_session=None, rounding=0) & ~Q(reference=""),
                name="invoice_payment_at_a_till_or_by_transfer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.amount}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("Payments of invoices are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("Payments of invoices are append-only.")

    @property
    def is_reversal(self) -> bool:
        return self.reverses_id is not None
