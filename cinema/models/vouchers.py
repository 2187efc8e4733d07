"""Vouchers: codes that are good for one seat each, issued in batches."""

import secrets
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cinema.domain.texts import normalise
from cinema.models.codes import REFERENCE_ALPHABET, CodeField
from cinema.models.lookups import VoucherEnd
from cinema.models.movies import Movie
from cinema.models.orders import currency
from cinema.models.prices import TicketType
from cinema.models.theatres import SeatCategory, Theatre

if TYPE_CHECKING:
    from cinema.models.payments import Payment

CODE_LENGTH, CODE_END = 12, 4  # shorter than the code of a gift card, so that one field takes both
MOST_VOUCHERS = 10_000  # in a batch


def new_voucher_code() -> str:
    """Return 12 characters that can be typed from paper, with 52 random bits."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(CODE_LENGTH))


def voucher_code_in(text: str) -> str:
    """The code in a typed or pasted text, such as “k7pm-3wxy 9qrt”; "" if there is none."""
    typed = "".join(sign for sign in normalise("NFKC", text).upper() if sign.isalnum())
    return typed if len(typed) == CODE_LENGTH and set(typed) <= set(REFERENCE_ALPHABET) else ""


class VoucherBatch(models.Model):
    """Vouchers that were issued together, on the same conditions, to a company or a partner (``issued_to``).

    ``theatre`` None means all theatres. ``face_value`` is what the company pays or owes for each voucher; 0 if they
    were given away. It is settled outside the system: a voucher pays the price of its seat, whatever that is.

    Conditions: the seat is of one of the ``categories``, its ticket of one of the ``ticket_types`` and the show of one
    of the ``movies`` (none for any), on one of the ``weekdays`` of its trading day (0 for Monday, empty for any), and
    starts between ``from_time`` and ``until_time`` on the theatre's clock, where 00:30 comes after 23:00. It is bought
    from ``valid_from`` to ``valid_until``, days at the theatre. While the batch is blocked, so are all of its vouchers.
    ``key`` is the idempotency key of the form: a second click issues nothing again.
    """

    theatre = models.ForeignKey(
        Theatre, on_delete=models.PROTECT, related_name="voucher_batches", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=60, help_text=_("Shown to buyers."))
    issued_to = models.CharField(_("issued to"), max_length=150, blank=True)
    number = models.PositiveIntegerField(_("number of vouchers"))
    face_value = models.DecimalField(_("price of each"), max_digits=10, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default=currency)
    categories = models.ManyToManyField(SeatCategory, blank=True, related_name="+", verbose_name=_("seat categories"))
    ticket_types = models.ManyToManyField(TicketType, blank=True, related_name="+", verbose_name=_("ticket types"))
    movies = models.ManyToManyField(Movie, blank=True, related_name="+", verbose_name=_("films"))
    weekdays = models.JSONField(_("weekdays"), default=list, blank=True)
    from_time = models.TimeField(_("shows from"), null=True, blank=True)
    until_time = models.TimeField(_("shows until"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("voucher batch")
        verbose_name_plural = _("voucher batches")
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="voucher_batch_issued_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=MOST_VOUCHERS), name="voucher_batch_has_vouchers"
            ),
            models.CheckConstraint(condition=Q(face_value__gte=0), name="voucher_batch_face_value_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="voucher_batch_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Voucher(models.Model):
    """A voucher of a batch, which pays for one seat. ``code`` is what its owner types.

    It is used from the moment when an order reserves it (``used_at``); it is open again once that order has expired,
    or the seat was refunded. If its last day is over by then, it is good until ``extended_until``.
    """

    code = CodeField(max_length=CODE_LENGTH, default=new_voucher_code)
    batch = models.ForeignKey(VoucherBatch, on_delete=models.PROTECT, related_name="vouchers", db_index=False)
    used_at = models.DateTimeField(null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    extended_until = models.DateField(_("extended until"), null=True, blank=True)

    uses: "list[Payment]"  # the payment that uses it, if any; set only by queries that mention it

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        indexes = [
            models.Index(fields=["batch", "id"], name="voucher_by_batch"),
            models.Index(VoucherEnd("code"), name="voucher_by_end"),
        ]

    def __str__(self) -> str:
        return f"…{self.end}"

    @property
    def end(self) -> str:
        """The end of its code, by which staff know it."""
        return self.code[-CODE_END:]

    @property
    def groups(self) -> str:
        """Its code in groups: “K7PM-3WXY-9QRT”."""
        return "-".join(self.code[start : start + 4] for start in range(0, CODE_LENGTH, 4))

    @property
    def last_day(self) -> date | None:
        """Its last day; None if it is good for ever. It comes with its batch."""
        return self.extended_until or self.batch.valid_until

    def has_expired(self, now: datetime, theatre: Theatre) -> bool:
        """Whether its last day is over at the theatre."""
        last = self.last_day
        return last is not None and now.astimezone(theatre.tz).date() > last
