"""Tills: where cash is taken, who has worked at one, and what was moved into and out of its drawer."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cinema.models.codes import CodeField
from cinema.models.theatres import Theatre


def staff_field(name: Any, **options: Any) -> "models.ForeignKey[Any, Any]":
    """A member of staff, as a plain key that remains when the account is deleted: a report is never altered."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=name,
        **options,
    )


class Till(models.Model):
    """A place with a drawer of cash, such as the box office or the bar.

    ``reader`` is the id of its card reader at the provider of the mode READER, "" if it has none.
    """

    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="tills")
    name = models.CharField(_("name"), max_length=40)
    active = models.BooleanField(_("in use"), default=True, db_default=True)
    reader = models.CharField(max_length=255, blank=True, default="", db_default="", editable=False)
    reader_name = models.CharField(_("card reader"), max_length=100, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("till")
        verbose_name_plural = _("tills")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["theatre", "name"], name="till_name_unique_in_theatre")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("staff-tills-till", args=[self.theatre.slug, self.pk])

    @property
    def has_printer(self) -> bool:
        """Whether it has a receipt printer; load it with ``printer``."""
        return hasattr(self, "printer")


class TillSession(models.Model):
    """A till from the counting of its float to its Z report.

    ``counts`` are numbers of notes and coins by denomination, and ``counted`` is what they are worth; from then on
    nothing is sold in the session. It is closed, or counted again. ``expected`` is what the ledger says is in the
    drawer, ``variance`` what was counted beyond it; a variance has a reason and a ``witness``, somebody else than who
    closes.
    ``z_number`` counts the closed sessions of a theatre from 1 without gaps.

    The database rejects every change and deletion of a closed session.
    """

    code = CodeField()
    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="till_sessions", db_index=False)
    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="sessions")
    opened_at = models.DateTimeField(_("opened"))
    opened_by = staff_field(_("opened by"))
    opening_float = models.DecimalField(_("float"), max_digits=10, decimal_places=2)
    counts = models.JSONField(_("notes and coins"), default=dict, blank=True)
    counted = models.DecimalField(_("counted"), max_digits=10, decimal_places=2, null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    expected = models.DecimalField(_("expected"), max_digits=10, decimal_places=2, null=True, blank=True)
    variance = models.DecimalField(_("variance"), max_digits=10, decimal_places=2, null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    witness = staff_field(_("second person"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = staff_field(_("closed by"), null=True, blank=True)
    z_number = models.PositiveIntegerField(_("number"), null=True, blank=True)

    class Meta:
        verbose_name = _("till session")
        verbose_name_plural = _("till sessions")
        constraints = [
            models.UniqueConstraint(fields=["till"], condition=Q(closed_at=None), name="till_session_one_open"),
            models.UniqueConstraint(fields=["theatre", "z_number"], name="till_session_z_number_unique"),
            models.CheckConstraint(condition=Q(opening_float__gte=0), name="till_session_float_not_negative"),
            models.CheckConstraint(
                condition=Q(counted=None, counted_at=None) | Q(counted__gte=0, counted_at__isnull=False),
                name="till_session_counted_at",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, z_number=None, expected=None, variance=None, witness=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False, z_number__gt=0, expected__isnull=False)
                & Q(counted__isnull=False, variance=F("counted") - F("expected")),
                name="till_session_closed_with_a_z_report",
            ),
            models.CheckConstraint(
                condition=Q(variance=None)
                | Q(variance=0)
                | ~Q(reason="") & Q(witness__isnull=False) & ~Q(witness=F("closed_by")),
                name="till_session_variance_has_a_witness",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.till} · {self.opened_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("staff-tills-report", args=[self.theatre.slug, self.code])


class CashMovement(models.Model):
    """Cash moved into or out of a drawer otherwise than by a sale. Never altered. ``key`` is that of the request."""

    class Kind(models.TextChoices):
        DROP = "DROP", _("taken to the safe")
        PAID_IN = "PAID_IN", _("paid in")
        PAID_OUT = "PAID_OUT", _("paid out")

    session = models.ForeignKey(TillSession, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    at = models.DateTimeField(_("time"))
    by = staff_field(_("by"))
    key = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("cash movement")
        verbose_name_plural = _("cash movements")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="cash_movement_amount_positive"),
            models.CheckConstraint(condition=Q(kind="DROP") | ~Q(reason=""), name="cash_movement_paid_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("Cash movements are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("Cash movements are append-only.")
