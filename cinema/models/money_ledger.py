"""The money ledger: every amount that moves from one account to another, never altered afterwards."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cinema.domain.accounts import GIFT_CARDS
from cinema.models.disputes import Dispute
from cinema.models.invoices import InvoicePayment
from cinema.models.orders import Order, currency
from cinema.models.payments import Payment, Refund
from cinema.models.payouts import Payout
from cinema.models.theatres import Theatre
from cinema.models.tills import TillSession


class MoneyEntry(models.Model):
    """An ``amount`` that leaves the account ``credit`` and comes to ``debit``, so each row balances by itself.

    It is written in the transaction that it describes. The accounts are those of domain.accounts. What belongs to no
    order, such as a payout, may have neither ``order`` nor ``theatre``. ``till_session`` is where money was taken or
    paid out at a till, and where an order was sold there. ``invoice_payment`` is the money that came for an invoice,
    or its reversal.
    """

    class Kind(models.TextChoices):
        CAPTURE = "CAPTURE", _("payment received")
        SALE = "SALE", _("sale")
        REFUND_OWED = "REFUND_OWED", _("refund recorded")
        REFUND_PAID = "REFUND_PAID", _("refund paid out")
        REFUND_UNDONE = "REFUND_UNDONE", _("refund came back")
        DISPUTE_OPENED = "DISPUTE_OPENED", _("dispute opened")
        DISPUTE_WON = "DISPUTE_WON", _("dispute won")
        DISPUTE_LOST = "DISPUTE_LOST", _("dispute lost")
        PROVIDER_FEE = "PROVIDER_FEE", _("provider’s fee")
        PAYOUT = "PAYOUT", _("payout")
        ROUNDING = "ROUNDING", _("cash rounded")
        TILL_OPENED = "TILL_OPENED", _("float put into a drawer")
        DROP = "DROP", _("cash taken to the safe")
        PAID_IN = "PAID_IN", _("cash paid in")
        PAID_OUT = "PAID_OUT", _("cash paid out")
        VARIANCE = "VARIANCE", _("difference in a drawer")
        TILL_CLOSED = "TILL_CLOSED", _("drawer emptied")
        INVOICE_PAID = "INVOICE_PAID", _("invoice paid")
        INVOICE_UNDONE = "INVOICE_UNDONE", _("payment of an invoice reversed")

    at = models.DateTimeField(_("time"))
    theatre = models.ForeignKey(
        Theatre, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="entries", null=True, blank=True)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="entries", null=True, blank=True, db_index=False
    )
    refund = models.ForeignKey(
        Refund, on_delete=models.PROTECT, related_name="entries", null=True, blank=True, db_index=False
    )
    dispute = models.ForeignKey(
        Dispute, on_delete=models.PROTECT, related_name="entries", null=True, blank=True, db_index=False
    )
    payout = models.ForeignKey(
        Payout, on_delete=models.PROTECT, related_name="entries", null=True, blank=True, db_index=False
    )
    till_session = models.ForeignKey(
        TillSession, on_delete=models.PROTECT, related_name="entries", null=True, blank=True, db_index=False
    )
    invoice_payment = models.ForeignKey(
        InvoicePayment, on_delete=models.PROTECT, related_name="entries", null=True, blank=True, db_index=False
    )
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    debit = models.CharField(_("debit"), max_length=60)
    credit = models.CharField(_("credit"), max_length=60)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, default=currency)

    class Meta:
        verbose_name = _("money entry")
        verbose_name_plural = _("money entries")
        indexes = [
            models.Index(fields=["theatre", "at"], name="money_entry_by_theatre"),
            models.Index(
                fields=["at"],
                condition=Q(debit=GIFT_CARDS) | Q(credit=GIFT_CARDS),
                name="money_entry_of_gift_cards",
            ),
            models.Index(
                fields=["till_session"], condition=Q(till_session__isnull=False), name="money_entry_by_till_session"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="money_entry_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="money_entry_between_two_accounts"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.amount} {self.credit} → {self.debit}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The money ledger is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("The money ledger is append-only.")
