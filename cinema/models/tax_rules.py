"""Rules about the tax that is contained in prices."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cinema.domain.tax import TaxBand
from cinema.models.orders import OrderLine
from cinema.models.theatres import Theatre

Kind = OrderLine.Kind
# A discount lessens what it is given on, and rounding belongs to nothing that was sold.
TAXED = [
    (Kind.SEAT.value, _("tickets")),
    (Kind.FEE.value, _("fees")),
    (Kind.PRODUCT.value, _("products")),
    (Kind.GIFT_CARD.value, _("gift cards")),
]


class TaxRule(models.Model):
    """The tax contained in prices of one kind of order line at a theatre, for sales on ``from_day`` or later.

    ``from_day`` is a day of the theatre's calendar. ``up_to`` is the highest unit price to which the rule applies, None
    for every price; a seat's is what it costs after discounts. domain.tax.DayTax chooses among the rules; without one
    there is no tax, so a gift card is sold without. Every order line keeps the rate it was sold at. Whoever changes
    rules changes Theatre.tax_version in the same transaction.
    """

    theatre = models.ForeignKey(Theatre, on_delete=models.CASCADE, related_name="tax_rules", db_index=False)
    kind = models.CharField(_("for"), max_length=10, choices=TAXED, default=Kind.SEAT)
    from_day = models.DateField(_("sold from"), help_text=_("The first day of sale, on the theatre’s calendar."))
    up_to = models.DecimalField(
        _("prices up to"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Leave empty for every price."),
    )
    percent = models.DecimalField(
        _("tax"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Percent, included in the price."),
    )

    class Meta:
        verbose_name = _("tax rule")
        verbose_name_plural = _("tax rules")
        ordering = ["theatre", "kind", "from_day", "up_to"]
        constraints = [
            models.UniqueConstraint(fields=["theatre", "kind", "from_day", "up_to"], name="tax_rule_once"),
            models.UniqueConstraint(
                fields=["theatre", "kind", "from_day"], condition=Q(up_to=None), name="tax_rule_for_every_price_once"
            ),
            models.CheckConstraint(condition=Q(percent__range=(0, 100)), name="tax_rule_0_to_100_percent"),
            models.CheckConstraint(condition=Q(up_to=None) | Q(up_to__gt=0), name="tax_rule_limit_positive"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind for kind, _label in TAXED]), name="tax_rule_of_what_is_taxed"
            ),
        ]

    def __str__(self) -> str:
        limit = "" if self.up_to is None else f" ≤ {self.up_to:.2f}"
        return f"{self.kind}{limit}, {self.from_day}: {self.percent:.2f} %"

    @property
    def band(self) -> TaxBand:
        return TaxBand(self.kind, self.from_day, self.up_to, self.percent)
