"""Day reports: what a theatre took on the trading days that a manager has closed."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cinema.models.theatres import Theatre
from cinema.models.tills import staff_field


def sum_field(name: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(name, max_digits=14, decimal_places=2)


class DayReport(models.Model):
    """A trading day that is closed: no till opens on it any more. ``number`` counts those of a theatre without gaps.

    It covers the entries of the money ledger with keys up to ``last_entry`` from before ``ends_at``, the end of the
    day, less what the report before it covers: those up to ``after_entry`` from before ``begins_at``. So what is booked
    later, for whichever day, is in the next report; each entry is in one. The first one leaves out all that was before
    its day. ``after_z`` and ``last_z`` say the same of the numbers of Z reports.

    The sums are those of these entries: ``moved`` between accounts in all, ``received`` in payments, ``refunded``,
    ``tax`` in sales less refunds, the ``rounding`` of cash, and the ``variance`` of drawers, negative if cash was
    missing. The database rejects every change and deletion.
    """

    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="day_reports", db_index=False)
    number = models.PositiveIntegerField(_("number"))
    day = models.DateField(_("day"))
    closed_at = models.DateTimeField(_("closed"))
    closed_by = staff_field(_("closed by"))
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    after_entry = models.PositiveBigIntegerField()
    last_entry = models.PositiveBigIntegerField()
    after_z = models.PositiveIntegerField()
    last_z = models.PositiveIntegerField()
    entries = models.PositiveIntegerField(_("ledger entries"))
    moved = sum_field(_("sum of the ledger"))
    received = sum_field(_("received"))
    refunded = sum_field(_("refunded"))
    tax = sum_field(_("tax"))
    rounding = sum_field(_("rounding of cash"))
    variance = sum_field(_("difference"))

    class Meta:
        verbose_name = _("day report")
        verbose_name_plural = _("day reports")
        constraints = [
            models.UniqueConstraint(fields=["theatre", "number"], name="day_report_number_unique"),
            models.UniqueConstraint(fields=["theatre", "day"], name="day_report_one_of_a_day"),
            models.CheckConstraint(condition=Q(number__gt=0), name="day_report_number_positive"),
            models.CheckConstraint(
                condition=Q(begins_at__lt=F("ends_at"), after_entry__lte=F("last_entry"), after_z__lte=F("last_z")),
                name="day_report_covers_a_span",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Day report %(number)s") % {"number": self.number}

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("Day reports are append-only.")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("staff-tills-days-report", args=[self.theatre.slug, self.number])

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("Day reports are append-only.")
