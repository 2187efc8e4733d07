"""Coupons: discounts by code, or by a rule."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cinema.domain.discounts import LONGEST_CODE
from cinema.models.movies import Movie
from cinema.models.prices import TicketType
from cinema.models.theatres import Theatre
from cinema.models.translations import LocalizedMixin, translations_field


class Coupon(LocalizedMixin, models.Model):
    """A discount that buyers get with a ``code``, as domain.discounts.fold_code() writes it, or without one (None)
    whenever the conditions are met.

    ``theatre`` None means all theatres. ``value`` is a percentage (PERCENT) or an amount of money (AMOUNT, PRICE);
    N_FOR_M gives ``buy`` seats for the price of ``pay``. Conditions: trading days of the show (``weekdays``, 0 for
    Monday, empty for any), ``movie``, ``ticket_types`` (none for any), at least ``party`` such seats that cost
    ``minimum`` together, and bought from ``valid_from`` to ``valid_until``, days at the theatre. ``maximum`` is the
    most that one order saves.

    ``used`` counts its uses: orders with a DISCOUNT line of it that have not expired unpaid. ``version`` counts edits.
    """

    class Kind(models.TextChoices):
        PERCENT = "PERCENT", _("percentage off")
        AMOUNT = "AMOUNT", _("amount off the order")
        N_FOR_M = "N_FOR_M", _("some seats free, such as 3 for 2")
        PRICE = "PRICE", _("fixed price for each seat")

    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="coupons", null=True, blank=True)
    name = models.CharField(_("name"), max_length=60, help_text=_("Shown to buyers beside what they save."))
    name_translations = translations_field()
    code = models.CharField(
        _("code"),
        max_length=LONGEST_CODE,
        unique=True,
        null=True,
        blank=True,
        help_text=_("Leave empty to give it to everybody who meets the conditions."),
    )
    kind = models.CharField(_("discount"), max_length=8, choices=Kind, default=Kind.PERCENT)
    value = models.DecimalField(
        _("percentage, amount or price"), max_digits=10, decimal_places=2, default=0, help_text=_("Not for free seats.")
    )
    buy = models.PositiveSmallIntegerField(_("seats"), default=0, help_text=_("The 3 in “3 for 2”."))
    pay = models.PositiveSmallIntegerField(_("of which paid"), default=0, help_text=_("The 2 in “3 for 2”."))
    weekdays = models.JSONField(_("weekdays"), default=list, blank=True)
    movie = models.ForeignKey(
        Movie, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("film")
    )
    ticket_types = models.ManyToManyField(TicketType, blank=True, related_name="+", verbose_name=_("ticket types"))
    party = models.PositiveSmallIntegerField(_("seats at least"), default=1)
    minimum = models.DecimalField(_("price at least"), max_digits=10, decimal_places=2, default=0)
    maximum = models.DecimalField(
        _("discount at most"), max_digits=10, decimal_places=2, null=True, blank=True, help_text=_("In one order.")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    most_uses = models.PositiveIntegerField(
        _("orders in all"), null=True, blank=True, help_text=_("Leave empty for no limit.")
    )
    most_per_person = models.PositiveSmallIntegerField(
        _("orders per person"), null=True, blank=True, help_text=_("By account and email address.")
    )
    combinable = models.BooleanField(
        _("can be combined"), default=False, help_text=_("With others that can. Otherwise the best one is given alone.")
    )
    used = models.PositiveIntegerField(_("used"), default=0, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(most_uses=None) | Q(used__lte=F("most_uses")), name="coupon_used_at_most_so_often"
            ),
            models.CheckConstraint(
                condition=Q(kind="PERCENT", value__gt=0, value__lte=100)
                | Q(kind="AMOUNT", value__gt=0)
                | Q(kind="PRICE", value__gte=0)
                | Q(kind="N_FOR_M", pay__gte=1, buy__gt=F("pay")),
                name="coupon_takes_something_off",
            ),
            models.CheckConstraint(condition=Q(minimum__gte=0), name="coupon_minimum_not_negative"),
            models.CheckConstraint(condition=Q(maximum=None) | Q(maximum__gt=0), name="coupon_maximum_positive"),
            models.CheckConstraint(condition=~Q(code=""), name="coupon_code_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name
