"""Receipts and credit notes: what was sold and refunded, as buyers and the tax office were told. Never altered."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cinema.models.codes import CodeField
from cinema.models.orders import Order, OrderLine
from cinema.models.payments import Refund
from cinema.models.theatres import Theatre

DIGITS = 6  # of a number, at least: 2026-000123


class ReceiptSequence(models.Model):
    """The last number that a theatre has issued in a year. Its row is locked to issue the next one, and rolls back with
    it, so numbers have no gaps."""

    pk = models.CompositePrimaryKey("theatre", "year")
    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0, db_default=0)

    class Meta:
        verbose_name = _("receipt numbers")
        verbose_name_plural = _("receipt numbers")

    def __str__(self) -> str:
        return f"{self.theatre_id} {self.year}: {self.last}"


class Receipt(models.Model):
    """A receipt for what was paid, or a credit note for what is refunded, with everything that it says.

    ``number`` counts from 1 without gaps in each ``year`` of a theatre, on its own clock. An order has one RECEIPT, one
    that ``is_further`` for each upgrade that was added to it later, and a CREDIT_NOTE for each refund. The amounts of a
    credit note are negative, so those of all rows about an order come to what was kept; that of less than half a coin
    in cash comes to nothing. A receipt that names the wrong company is corrected by a credit note for all that is left
    of it and a new receipt, which both have it as ``corrects``.

    ``company`` and ``company_tax_number`` are the buyer's if they asked for them, else "": a buyer's own name is on no
    receipt. ``tenders`` are pairs of a payment mode and an amount, which are only shown; so
    is ``invoice``, what an invoice says beside: None for any other receipt.

    The database rejects every change and deletion, because tax law asks for it: a receipt stays when its buyer's data
    is erased.
    """

    class Kind(models.TextChoices):
        RECEIPT = "RECEIPT", _("receipt")
        CREDIT_NOTE = "CREDIT_NOTE", _("credit note")

    code = CodeField()
    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="receipts", db_index=False)
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    prefix = models.CharField(_("prefix"), max_length=10, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="receipts")
    refund = models.OneToOneField(
        Refund, on_delete=models.PROTECT, related_name="credit_note", null=True, blank=True, editable=False
    )
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="corrections", null=True, blank=True, editable=False
    )
    issued_at = models.DateTimeField(_("issued"))
    currency = models.CharField(_("currency"), max_length=3)
    total = models.DecimalField(_("total"), max_digits=10, decimal_places=2)
    issuer = models.CharField(_("issuer"), max_length=150)
    issuer_address = models.CharField(_("address"), max_length=300)
    issuer_tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    company = models.CharField(_("company"), max_length=150, blank=True)
    company_tax_number = models.CharField(_("company’s tax number"), max_length=40, blank=True)
    tenders = models.JSONField(default=list)
    invoice = models.JSONField(null=True, blank=True, editable=False)
    is_further = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        indexes = [models.Index(fields=["theatre", "issued_at"], name="receipt_by_theatre_and_time")]
        constraints = [
            models.UniqueConstraint(fields=["theatre", "year", "number"], name="receipt_number_unique"),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(kind="RECEIPT", corrects=None, is_further=False),
                name="receipt_one_per_order",
            ),
            models.UniqueConstraint(fields=["corrects", "kind"], name="receipt_corrected_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="receipt_number_positive"),
            models.CheckConstraint(
                condition=Q(kind="RECEIPT", refund=None, total__gt=0)
                | Q(kind="CREDIT_NOTE", refund=None, corrects__isnull=False, total__lt=0)
                | Q(kind="CREDIT_NOTE", refund__isnull=False, corrects=None, total__lte=0),
                name="receipt_of_a_payment_or_a_refund",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}{self.year}-{self.number:0{DIGITS}d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("Receipts are append-only.")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("receipt", args=[self.code])

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("Receipts are append-only.")

    @property
    def kind_name(self) -> str:
        """What it is called for people: a receipt for what is paid later is an invoice."""
        return str(_("invoice") if self.invoice else self.get_kind_display())

    @property
    def paid_by(self) -> list[tuple[str, Decimal]]:
        """The tenders as pairs of payment mode and amount."""
        return [(mode, Decimal(amount)) for mode, amount in self.tenders]


class ReceiptLine(models.Model):
    """A line of a receipt or credit note: what the order line was called and cost, or which part of it is refunded.

    ``amount`` is ``unit_price`` times ``quantity`` and contains ``tax``, as in OrderLine; negative on a credit note
    (and for a discount on a receipt). Where an exchange has sold a seat anew at another rate of tax, the credit note of
    the difference has two lines of its order line: what it cost before, and what it costs now, which is positive.
    """

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="receipt_lines")
    text = models.CharField(_("text"), max_length=300)
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    unit_price = models.DecimalField(_("unit price"), max_digits=10, decimal_places=2)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    tax_percent = models.DecimalField(_("tax rate"), max_digits=5, decimal_places=2)
    tax = models.DecimalField(_("tax"), max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = _("receipt line")
        verbose_name_plural = _("receipt lines")
        constraints = [
            models.UniqueConstraint(fields=["receipt", "order_line", "tax_percent"], name="receipt_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="receipt_line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(tax__gte=0, tax__lte=F("amount")) | Q(tax__lte=0, tax__gte=F("amount")),
                name="receipt_line_contains_its_tax",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt} · {self.text} {self.amount}"
