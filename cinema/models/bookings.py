"""Holds, tickets, and the seats on them."""

from datetime import datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cinema.models.check_ins import CheckIn
from cinema.models.codes import REFERENCE_LENGTH, CodeField, new_reference
from cinema.models.lookups import FirstHalf, SecondHalf
from cinema.models.orders import Order
from cinema.models.prices import TicketType
from cinema.models.shows import Show, ShowSeat


class Hold(models.Model):
    """Seats set aside for one buyer until ``expires_at``, by the database's clock.

    An active hold that has expired keeps its seats only until another buyer wants them. It can be extended until
    ``latest_at`` at most. A hold that was released or expired, or whose booking the buyer cancelled, ended at
    ``expires_at``.

    ``buyer`` is the secret in the buyer's browser, or names the API user. ``origin`` is the fingerprint of the client
    IP, ``program`` that of the API user's name ("" if unknown or none). ``changes`` counts how often its seats were
    changed. ``free_seats`` is the number of seats booked at no charge: they count towards the hold limits like unpaid
    ones until the show begins, which is then ``expires_at``.
    """

    ERASED = "erased"  # replaces the buyer once it is no longer needed; never the secret of a browser

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", _("active")
        RELEASED = "RELEASED", _("released")
        EXPIRED = "EXPIRED", _("expired")
        BOOKED = "BOOKED", _("booked")

    code = CodeField()
    show = models.ForeignKey(Show, on_delete=models.PROTECT, related_name="holds", db_index=False)
    buyer = models.CharField(max_length=64)
    origin = models.CharField(max_length=32, blank=True, default="", db_default="", editable=False)
    program = models.CharField(max_length=32, blank=True, default="", db_default="", editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    latest_at = models.DateTimeField(db_default=Now())
    changes = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    free_seats = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        indexes = [
            models.Index(fields=["show", "expires_at"], condition=Q(status="ACTIVE"), name="hold_active_by_show"),
            models.Index(fields=["buyer", "expires_at"], name="hold_by_buyer"),
            models.Index(fields=["origin", "expires_at"], name="hold_by_origin"),
            models.Index(fields=["program", "expires_at"], condition=~Q(program=""), name="hold_by_program"),
            models.Index(fields=["created_at"], condition=~Q(buyer="erased"), name="hold_with_buyer_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["buyer", "show"], condition=Q(status="ACTIVE"), name="hold_one_active_per_buyer_and_show"
            )
        ]

    def __str__(self) -> str:
        return f"{self.show} · {self.get_status_display()}"

    def get_absolute_url(self) -> str:
        return reverse("hold", args=[self.code])

    def is_active_at(self, now: datetime) -> bool:
        """Whether the hold has not expired at ``now``, by the database's clock."""
        return self.status == self.Status.ACTIVE and self.expires_at > now


class Ticket(models.Model):
    """Admission to one show for one or more seats, bought with its order. ``code`` is in the URL of its page, which the
    QR code contains.

    The first ticket of an order has the order's ``reference``. ``amount`` is the price of its seats, less discounts,
    and the ``fee``: the booking fees in it. ``kept`` is the money received for it less the recorded refunds: ``amount``
    once it is confirmed, 0 before. ``kept_vouchers`` is the part of that which vouchers have paid. ``deducted`` is what
    its cancelled seats were refunded less, before the percentage is taken, because seats on other tickets of the order
    cost more without them: this is no longer in ``amount``. Amounts are in settings.CURRENCY.
    """

    class Status(models.TextChoices):
        PENDING = "PENDING", _("waiting for payment")
        CONFIRMED = "CONFIRMED", _("confirmed")
        CANCELLED = "CANCELLED", _("cancelled")
        EXPIRED = "EXPIRED", _("expired")

    code = CodeField()
    reference = models.CharField(
        _("reference"), max_length=REFERENCE_LENGTH, unique=True, default=new_reference, editable=False
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="tickets")
    show = models.ForeignKey(Show, on_delete=models.PROTECT, related_name="tickets")
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="tickets")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    fee = models.DecimalField(_("booking fee"), max_digits=10, decimal_places=2, default=0, db_default=0)
    kept = models.DecimalField(_("kept"), max_digits=10, decimal_places=2, default=0, db_default=0, editable=False)
    kept_vouchers = models.DecimalField(max_digits=10, decimal_places=2, default=0, db_default=0, editable=False)
    deducted = models.DecimalField(max_digits=10, decimal_places=2, default=0, db_default=0, editable=False)
    # The theatre's terms at the time of booking.
    cancel_cutoff = models.PositiveIntegerField(_("cancellation cut-off"), help_text=_("In minutes."))
    refund_percent = models.PositiveSmallIntegerField(_("refund on cancellation"))
    # The show's offer_version when it was booked. If it differs now, the buyer booked another offer.
    offer_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # The start of the show at the time its buyer was reminded of it; None if there was no reminder.
    reminded_of = models.DateTimeField(null=True, blank=True, editable=False)

    lines: "list[TicketSeat]"  # its seats, set only by queries and services that mention it

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        indexes = [
            models.Index(FirstHalf("reference"), name="ticket_by_reference_start"),
            models.Index(SecondHalf("reference"), name="ticket_by_reference_end"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="ticket_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(fee__gte=0, fee__lte=F("amount")), name="ticket_amount_contains_its_fee"
            ),
            models.CheckConstraint(condition=Q(kept__gte=0, kept__lte=F("amount")), name="ticket_keeps_what_it_costs"),
            models.CheckConstraint(
                condition=Q(kept_vouchers__gte=0, kept_vouchers__lte=F("kept")), name="ticket_keeps_what_vouchers_paid"
            ),
            models.UniqueConstraint(fields=["hold"], condition=Q(status="PENDING"), name="ticket_one_pending_per_hold"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("ticket", args=[self.code])

    @property
    def exchange_path(self) -> str:
        """The path of the page on which the buyer of a cancelled show chooses another one."""
        return reverse("ticket-exchange", args=[self.code])

    @property
    def receipt_path(self) -> str:
        """The path that leads to the receipt of its order."""
        return reverse("ticket-receipt", args=[self.code])


class TicketSeat(models.Model):
    """A seat on a ticket, at the price agreed: that of its order line less its share of discounts.

    It is active while its ticket is pending or confirmed; a constraint allows one active row per seat of a show.
    ``repriced`` replaces the price after the sale, if another seat of the ticket was returned, or if the ticket was
    exchanged and the difference refunded. ``tax_percent`` is the tax contained in the price when it was sold, or
    when a seat that was free began to cost something.

    ``reported`` is what the distributor is told that it costs, and ``reported_percent`` the tax contained in that, by
    the rule of its ticket type when it was sold; None if that is its current price. A plain price is that of the seat
    at the show for which the ticket is now.

    ``inside`` says that somebody was admitted to it and has not left, ``check_in`` which scan said so last; None if
    nobody was admitted yet.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="seats")
    show_seat = models.ForeignKey(ShowSeat, on_delete=models.PROTECT, related_name="ticket_seats", db_index=False)
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2)
    ticket_type = models.ForeignKey(
        TicketType, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("ticket type")
    )
    repriced = models.DecimalField(max_digits=10, decimal_places=2, null=True, editable=False)
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0, db_default=0, editable=False)
    reported = models.DecimalField(max_digits=10, decimal_places=2, null=True, editable=False)
    reported_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, editable=False)
    active = models.BooleanField(default=True)
    inside = models.BooleanField(default=False, db_default=False, editable=False)
    check_in = models.ForeignKey(
        CheckIn, on_delete=models.PROTECT, related_name="+", null=True, editable=False, db_index=False
    )

    class Meta:
        verbose_name = _("ticket seat")
        verbose_name_plural = _("ticket seats")
        indexes = [models.Index(fields=["show_seat"], name="ticket_seat_by_show_seat")]
        constraints = [
            models.UniqueConstraint(fields=["show_seat"], condition=Q(active=True), name="ticket_seat_sold_once"),
            models.CheckConstraint(condition=Q(price__gte=0), name="ticket_seat_price_not_negative"),
            models.CheckConstraint(
                condition=Q(repriced=None) | Q(repriced__gte=0), name="ticket_seat_repriced_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(reported=None, reported_percent=None)
                | Q(reported__isnull=False, reported__gte=0, reported_percent__isnull=False),
                name="ticket_seat_reported_with_its_tax",
            ),
            models.CheckConstraint(
                condition=Q(inside=False) | Q(check_in__isnull=False), name="ticket_seat_inside_by_a_check_in"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket} · {self.show_seat_id}"

    @property
    def current_price(self) -> Decimal:
        """Its price now, which counts in refunds and in the distributor's report."""
        return self.price if self.repriced is None else self.repriced
