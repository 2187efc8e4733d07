"""Prices of seats: price cards, which staff edit, and tariffs, the immutable copies that shows use."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cinema.models.theatres import SeatCategory, Theatre
from cinema.models.translations import LocalizedMixin, translations_field


class TicketType(LocalizedMixin, models.Model):
    """A ticket type, such as adult or child. ``rank`` 1 is the plain one, which everybody may buy.

    The others may have rules, which services.booking.ticket_rules checks for each order. ``reported`` is what the
    distributor is told that a seat costs, and ``reported_amount`` the amount if that is FIXED. ``version`` counts
    changes.
    """

    class Reported(models.TextChoices):
        PAID = "PAID", _("the price paid")
        PLAIN = "PLAIN", _("the price of the standard ticket")
        FIXED = "FIXED", _("a fixed amount")

    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="ticket_types")
    name = models.CharField(_("name"), max_length=40)
    name_translations = translations_field()
    rank = models.PositiveSmallIntegerField(pgettext_lazy("a place in a list", "order"), default=1)
    note = models.CharField(
        _("note"), max_length=120, blank=True, help_text=_("Shown to buyers, such as “with a student card”.")
    )
    note_translations = translations_field()
    paying_others = models.PositiveSmallIntegerField(
        _("paid tickets needed"),
        blank=True,
        default=0,
        db_default=0,
        validators=[MaxValueValidator(100)],
        help_text=_("How many other paid tickets each one needs in the same order."),
    )
    with_wheelchair = models.BooleanField(
        _("only with a wheelchair space"),
        default=False,
        db_default=False,
        help_text=_("Each one needs a wheelchair space in the same order."),
    )
    most_per_order = models.PositiveSmallIntegerField(
        _("at most in one order"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Leave empty for no limit."),
    )
    counter_only = models.BooleanField(
        _("at the box office only"), default=False, db_default=False, help_text=_("Not offered online.")
    )
    shown_at_door = models.BooleanField(
        _("proof at the door"), default=False, db_default=False, help_text=_("Buyers are asked to bring proof.")
    )
    fee_waived = models.BooleanField(
        _("no booking fee"), default=False, db_default=False, help_text=_("Tickets of this type bear no booking fee.")
    )
    reported = models.CharField(
        _("reported to the distributor"),
        max_length=5,
        choices=Reported,
        default=Reported.PAID,
        db_default=Reported.PAID.value,
        help_text=_(
            "The price of such a ticket in the distributor’s report, even if it was free. Buyers pay the same, and "
            "tickets already sold are reported as before."
        ),
    )
    reported_amount = models.DecimalField(
        _("fixed amount"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Only if a fixed amount is reported."),
    )
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("ticket type")
        verbose_name_plural = _("ticket types")
        ordering = ["theatre", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["theatre", "name"], name="ticket_type_name_unique_in_theatre"),
            models.UniqueConstraint(fields=["theatre", "rank"], name="ticket_type_rank_unique_in_theatre"),
            models.CheckConstraint(
                condition=Q(reported="FIXED", reported_amount__isnull=False, reported_amount__gte=0)
                | ~Q(reported="FIXED") & Q(reported_amount=None),
                name="ticket_type_reported_amount_if_fixed",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_rules(self) -> bool:
        """Whether the type has rules for which an order may be rejected."""
        return bool(self.paying_others or self.with_wheelchair or self.most_per_order or self.counter_only)

    def reported_price(self, plain: Decimal) -> Decimal | None:
        """What the distributor is told that a seat costs whose ``plain`` ticket costs this; None: the price paid."""
        return plain if self.reported == self.Reported.PLAIN else self.reported_amount


class PriceCard(models.Model):
    """A table of prices by seat category and ticket type, with surcharges and reductions."""

    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="price_cards")
    name = models.CharField(_("name"), max_length=60)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("price card")
        verbose_name_plural = _("price cards")
        ordering = ["theatre", "name"]
        constraints = [models.UniqueConstraint(fields=["theatre", "name"], name="price_card_name_unique_in_theatre")]

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """The price of a seat category with a ticket type, before the card's adjustments."""

    card = models.ForeignKey(PriceCard, on_delete=models.CASCADE, related_name="prices")
    category = models.ForeignKey(SeatCategory, on_delete=models.PROTECT, related_name="+")
    ticket_type = models.ForeignKey(TicketType, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(_("price"), max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(fields=["card", "category", "ticket_type"], name="price_once_on_card"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.category} · {self.ticket_type}: {self.amount}"


class PriceAdjustment(models.Model):
    """A surcharge, or if negative a reduction, on every price of its card when all its conditions match.

    ``weekdays`` are trading days, 0 for Monday, empty for any. The times are a range of starting times in the theatre's
    time zone, its end exclusive, within a trading day: what is from 17:00 on goes until 05:00, and may cross midnight.
    """

    card = models.ForeignKey(PriceCard, on_delete=models.CASCADE, related_name="adjustments")
    name = models.CharField(_("name"), max_length=60)
    weekdays = models.JSONField(_("weekdays"), default=list, blank=True)
    from_time = models.TimeField(_("from"), null=True, blank=True)
    until_time = models.TimeField(_("until"), null=True, blank=True)
    format = models.CharField(_("format"), max_length=10, blank=True)
    category = models.ForeignKey(SeatCategory, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ticket_type = models.ForeignKey(TicketType, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = _("surcharge or reduction")
        verbose_name_plural = _("surcharges and reductions")
        ordering = ["card", "pk"]

    def __str__(self) -> str:
        return self.name


class Tariff(models.Model):
    """An immutable table of prices. Shows with equal prices share one.

    ``digest`` is a hash of its prices.
    """

    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="tariffs")
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("tariff")
        verbose_name_plural = _("tariffs")
        constraints = [models.UniqueConstraint(fields=["theatre", "digest"], name="tariff_once_in_theatre")]

    def __str__(self) -> str:
        return f"{self.theatre} · {self.digest[:8]}"


class TariffPrice(models.Model):
    """The price of a seat category with a ticket type."""

    tariff = models.ForeignKey(Tariff, on_delete=models.CASCADE, related_name="prices")
    category = models.ForeignKey(SeatCategory, on_delete=models.PROTECT, related_name="+")
    ticket_type = models.ForeignKey(TicketType, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(_("price"), max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = _("tariff price")
        verbose_name_plural = _("tariff prices")
        constraints = [
            models.UniqueConstraint(fields=["tariff", "category", "ticket_type"], name="tariff_price_once"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="tariff_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.category} · {self.ticket_type}: {self.amount}"
