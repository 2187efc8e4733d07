"""What sellers did at the counter that needs a permission, or is counted."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cinema.models.bookings import Hold
from cinema.models.orders import Order
from cinema.models.shows import ShowSeat
from cinema.models.tills import TillSession, staff_field


class CounterAction(models.Model):
    """A sale that was voided or is paid later, a payment of an invoice that was reversed, tickets that were cancelled,
    given away, sold below their price or printed again; never altered.

    ``by`` is the seller, ``allowed_by`` who has allowed it: by PIN, or the seller. ``amount`` is the money that went
    back, was not asked for, or is to come by invoice. ``key`` is the idempotency key of the request, None for what may
    be repeated.
    """

    class Kind(models.TextChoices):
        VOID = "VOID", _("sale voided")
        COMP = "COMP", _("free of charge")
        PRICE = "PRICE", _("price changed")
        REPRINT = "REPRINT", _("printed again")
        CANCEL = "CANCEL", _("cancelled")
        INVOICE = "INVOICE", _("sold on invoice")
        REVERSAL = "REVERSAL", _("payment of an invoice reversed")

    class Reason(models.TextChoices):
        WRONG_SHOW = "WRONG_SHOW", _("wrong show or seats")
        WRONG_TICKETS = "WRONG_TICKETS", _("wrong ticket types")
        WRONG_TENDER = "WRONG_TENDER", _("booked as paid another way")
        CHANGED_MIND = "CHANGED_MIND", _("the buyer changed their mind")
        NOT_FINISHED = "NOT_FINISHED", _("the sale was not finished")
        TRAINING = "TRAINING", _("trial or training")
        GUEST = "GUEST", _("guest of the house")
        STAFF = "STAFF", _("employee")
        PRESS = "PRESS", _("press")
        PRIZE = "PRIZE", _("prize")
        COMPLAINT = "COMPLAINT", _("complaint")
        ANNOUNCED = "ANNOUNCED", _("announced at another price")
        AGREED = "AGREED", _("agreed price")
        SCHOOL = "SCHOOL", _("school or kindergarten")
        COMPANY = "COMPANY", _("company")
        CLUB = "CLUB", _("club or association")
        AUTHORITY = "AUTHORITY", _("public authority")
        WRONG_INVOICE = "WRONG_INVOICE", _("entered for the wrong invoice")
        WRONG_AMOUNT = "WRONG_AMOUNT", _("wrong amount")
        ENTERED_TWICE = "ENTERED_TWICE", _("entered twice")
        NOT_RECEIVED = "NOT_RECEIVED", _("the money did not come, or went back")
        UNREADABLE = "UNREADABLE", _("not readable, or did not come out")
        LOST = "LOST", _("lost by the buyer")
        UNCONFIRMED = "UNCONFIRMED", _("the printer did not confirm it")
        PREVENTED = "PREVENTED", _("the buyer cannot come")
        TECHNICAL = "TECHNICAL", _("technical fault")

    OF_VOIDS = (Reason.WRONG_SHOW, Reason.WRONG_TICKETS, Reason.WRONG_TENDER, Reason.CHANGED_MIND, Reason.TRAINING)
    OF_COMPS = (Reason.GUEST, Reason.STAFF, Reason.PRESS, Reason.PRIZE, Reason.COMPLAINT)
    OF_PRICES = (Reason.COMPLAINT, Reason.ANNOUNCED, Reason.AGREED, Reason.STAFF)
    OF_INVOICES = (Reason.SCHOOL, Reason.COMPANY, Reason.CLUB, Reason.AUTHORITY)
    OF_REVERSALS = (
        *(Reason.WRONG_INVOICE, Reason.WRONG_AMOUNT, Reason.WRONG_TENDER),
        *(Reason.ENTERED_TWICE, Reason.NOT_RECEIVED),
    )
    OF_REPRINTS = (Reason.UNREADABLE, Reason.LOST)
    OF_CANCELS = (
        *(Reason.CHANGED_MIND, Reason.PREVENTED, Reason.WRONG_SHOW, Reason.WRONG_TICKETS),
        *(Reason.COMPLAINT, Reason.TECHNICAL),
    )

    session = models.ForeignKey(
        TillSession, on_delete=models.PROTECT, related_name="actions", null=True, blank=True, verbose_name=_("session")
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="counter_actions")
    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    reason = models.CharField(_("reason"), max_length=14, choices=Reason, blank=True, default="")
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2, default=0)
    seats = models.PositiveSmallIntegerField(_("seats"), default=0)
    at = models.DateTimeField(_("time"))
    by = staff_field(_("seller"))
    allowed_by = staff_field(_("allowed by"), null=True, blank=True)
    key = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("action at the counter")
        verbose_name_plural = _("actions at the counter")
        indexes = [models.Index(fields=["at"], name="counter_action_by_time")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="counter_action_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(kind="REPRINT")
                | ~Q(reason="")
                & Q(allowed_by__isnull=False)
                & (Q(session__isnull=False) | Q(kind__in=["REVERSAL", "CANCEL"])),
                name="counter_action_is_allowed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("Actions at the counter are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("Actions at the counter are append-only.")


class AllowedPrice(models.Model):
    """The price at which a seat in a sale may be sold, below its ``list_price``; 0 for a free ticket.

    It counts while the seat is in the ``hold``. Once an order is made of the hold, a CounterAction says who has allowed
    it and why.
    """

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="allowed_prices")
    show_seat = models.ForeignKey(ShowSeat, on_delete=models.CASCADE, related_name="allowed_prices")
    price = models.DecimalField(_("price"), max_digits=8, decimal_places=2)
    list_price = models.DecimalField(_("list price"), max_digits=8, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=14, choices=CounterAction.Reason)
    by = staff_field(_("seller"))
    allowed_by = staff_field(_("allowed by"))

    class Meta:
        verbose_name = _("allowed price")
        verbose_name_plural = _("allowed prices")
        constraints = [
            models.UniqueConstraint(fields=["hold", "show_seat"], name="allowed_price_once"),
            models.CheckConstraint(
                condition=Q(price__gte=0, price__lt=models.F("list_price")), name="allowed_price_below_list"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.show_seat} {self.price}"

    @property
    def kind(self) -> CounterAction.Kind:
        return CounterAction.Kind.PRICE if self.price else CounterAction.Kind.COMP
