"""Theatres, their screens, and the seats in them."""

import zoneinfo
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cinema.domain.fees import BookingFee
from cinema.domain.periods import FRIDAY, Period, week_of
from cinema.models.translations import LocalizedMixin, translations_field

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

DAY_STARTS = time(5)  # on the theatre's clock; what begins earlier belongs to the evening before


def trading_order(at: time) -> tuple[bool, time]:
    """A key by which times sort as they follow each other in a trading day: 00:30 comes after 23:00."""
    return at < DAY_STARTS, at


def is_within(at: time, start: time | None, end: time | None, *, with_end: bool = False) -> bool:
    """Whether ``at`` is from ``start`` until ``end`` of a trading day: without a start from when that begins, without
    an end until it is over. A range such as 00:00 to 23:00 is in two parts of it."""
    begun = start is None or trading_order(at) >= trading_order(start)
    if end is None or end == DAY_STARTS:
        return begun
    is_before = trading_order(at) < trading_order(end) or (with_end and at == end)
    return begun or is_before if start and trading_order(start) > trading_order(end) else begun and is_before


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        text = _("“%(name)s” is not a time zone we know. Please choose one from the list, such as Europe/Berlin.")
        raise ValidationError(text, params={"name": name})


def _is_city(part: str, city: str) -> bool:
    """Whether a part of an address is the city, perhaps with a postcode before or after it."""
    before, found, after = f" {part.strip()} ".partition(f" {city} ")
    return bool(found) and all(any(map(str.isdigit, word)) for word in (before + " " + after).split())


class FeeBasis(models.TextChoices):
    """What a booking fee is charged for."""

    TICKET = "TICKET", _("for each ticket")
    ORDER = "ORDER", _("for each order")


def fee_field(name: "StrPromise") -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(
        name, max_digits=10, decimal_places=2, default=0, db_default=0, validators=[MinValueValidator(0)]
    )


def basis_field() -> "models.CharField[str, str]":
    return models.CharField(
        _("charged"), max_length=6, choices=FeeBasis, default=FeeBasis.TICKET, db_default=FeeBasis.TICKET
    )


def line_field(name: "StrPromise", most: int, help_text: "StrPromise | str" = "") -> "models.CharField[str, str]":
    """An optional text on one line, of at most so many characters."""
    return models.CharField(name, max_length=most, blank=True, default="", db_default="", help_text=help_text)


class Theatre(models.Model):
    """A cinema building. Every time in it is shown in its own time zone."""

    class SingleSeats(models.TextChoices):
        REFUSE = "REFUSE", _("only where unavoidable")
        WARN = "WARN", _("allowed after a warning")
        ALLOW = "ALLOW", _("allowed")

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(max_length=100, unique=True)
    city = models.CharField(_("city"), max_length=80, db_index=True)
    address = models.CharField(_("address"), max_length=200)
    time_zone = models.CharField(_("time zone"), max_length=50, validators=[validate_time_zone])
    cancel_cutoff = models.PositiveIntegerField(
        _("cancellation cut-off"),
        default=120,
        help_text=_("Minutes before the show; until then a ticket can be cancelled."),
    )
    refund_percent = models.PositiveSmallIntegerField(
        _("refund on cancellation"),
        default=100,
        validators=[MaxValueValidator(100)],
        help_text=_("Percent of the price that is refunded."),
    )
    buyer_exchanges = models.BooleanField(
        _("exchange by buyers"),
        default=False,
        db_default=False,
        help_text=_("As long as they can cancel, buyers can exchange their ticket for another show of the film."),
    )
    single_seats = models.CharField(
        _("leaving a single seat empty"), max_length=10, choices=SingleSeats, default=SingleSeats.REFUSE
    )
    companion_release = models.PositiveIntegerField(
        _("companion seats released"),
        default=60,
        help_text=_("Minutes before the show; until then a companion seat is sold only with its wheelchair space."),
    )
    carer_free = models.BooleanField(
        _("carers come free"), default=False, help_text=_("A companion seat is free with its wheelchair space.")
    )
    film_week = models.PositiveSmallIntegerField(
        _("film week begins on"),
        choices=list(WEEKDAYS.items()),
        default=FRIDAY,
        db_default=FRIDAY,
        help_text=_("The day on which films open. Weeks of the schedule and of distributors’ reports begin on it."),
    )
    # What a new show here starts from; each show keeps its own.
    trailers = models.PositiveSmallIntegerField(_("trailers"), default=15, help_text=_("Minutes before the film."))
    turnaround = models.PositiveSmallIntegerField(
        _("turnaround"), default=15, help_text=_("Minutes after the film for leaving and cleaning.")
    )
    doors = models.PositiveSmallIntegerField(
        _("doors open"), default=20, help_text=_("Minutes before the show."), validators=[MaxValueValidator(240)]
    )
    reentry = models.BooleanField(
        _("re-entry"),
        default=False,
        db_default=False,
        help_text=_("Guests who are scanned on their way out can come back with the same ticket."),
    )
    sales_cutoff = models.PositiveSmallIntegerField(
        _("sales end"), default=0, help_text=_("Minutes before the show; 0 sells until it starts.")
    )
    reminder_hours = models.PositiveSmallIntegerField(
        _("reminder by email"),
        default=0,
        db_default=0,
        validators=[MaxValueValidator(168)],
        help_text=_("Hours before the show; 0 sends none."),
    )
    phone_required = models.BooleanField(
        _("ask for a phone number"),
        default=False,
        db_default=False,
        help_text=_("Buyers online and in other programs must give one; otherwise it is optional."),
    )
    web_fee = fee_field(_("booking fee on the website"))
    web_fee_basis = basis_field()
    counter_fee = fee_field(_("booking fee at the counter"))
    counter_fee_basis = basis_field()
    api_fee = fee_field(_("booking fee of other programs"))
    api_fee_basis = basis_field()
    # Whether it ever had a coupon that needs no code; if not, a checkout without a code needs no query for coupons.
    has_automatic_coupons = models.BooleanField(default=False, db_default=False, editable=False)
    # Random, and another one after each change of its tax rules, by which processes keep these; "" without any.
    tax_version = models.CharField(max_length=22, blank=True, default="", db_default="", editable=False)
    # On receipts.
    legal_name = line_field(
        _("company"), 150, _("Who sells the tickets, as registered; if empty, the name of the theatre.")
    )
    legal_address = line_field(_("company’s address"), 300, _("If it differs from that of the theatre."))
    tax_number = line_field(_("tax number"), 40, _("As it must appear on receipts, such as “GSTIN 27AAACG1234A1Z5”."))
    receipt_prefix = models.CharField(
        _("prefix of receipt numbers"),
        max_length=10,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(r"^[A-Za-z0-9./-]*$", _("Please use only letters A–Z, digits, “.”, “/” and “-”."))],
        help_text=_("Such as “GP-” for GP-2026-000123."),
    )
    bank_account = line_field(
        _("bank account for invoices"),
        200,
        _("As it must appear on invoices, such as “City Bank, IFSC CITY0000123, account 4711”."),
    )
    version = models.PositiveIntegerField(default=0, db_default=0, editable=False)  # counts changes of its settings

    class Meta:
        verbose_name = _("theatre")
        verbose_name_plural = _("theatres")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(refund_percent__lte=100), name="theatre_refund_at_most_100_percent"
            ),
            models.CheckConstraint(
                condition=models.Q(web_fee__gte=0, counter_fee__gte=0, api_fee__gte=0),
                name="theatre_fees_not_negative",
            ),
            models.CheckConstraint(condition=models.Q(film_week__lte=6), name="theatre_film_week_is_a_weekday"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("theatre", args=[self.slug])

    def film_week_of(self, day: date) -> Period:
        """The film week that contains ``day``."""
        return week_of(day, self.film_week)

    @property
    def full_address(self) -> str:
        """The address with the city, which many write into the address already: “79098 Freiburg”."""
        city, address = self.city.casefold(), self.address.casefold()
        has_city = address.endswith(f" {city}") or any(_is_city(part, city) for part in address.split(","))
        return self.address if has_city else f"{self.address}, {self.city}"

    @property
    def map_url(self) -> str:
        """The address on OpenStreetMap, from which pages load nothing."""
        return f"https://www.openstreetmap.org/search?{urlencode({'query': self.full_address})}"

    @property
    def issuer(self) -> tuple[str, str]:
        """Name and address of the seller on receipts."""
        return self.legal_name or self.name, self.legal_address or self.full_address

    @property
    def tz(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def fee(self, channel: str) -> BookingFee:
        """The booking fee of an Order.Channel."""
        name = f"{channel.lower()}_fee"
        return BookingFee(getattr(self, name), getattr(self, f"{name}_basis") == FeeBasis.ORDER)

    def trading_day(self, moment: datetime) -> date:
        """Return the day ``moment`` belongs to here: 00:30 is still the evening before."""
        local = moment.astimezone(self.tz)
        return local.date() if local.time() >= DAY_STARTS else local.date() - timedelta(days=1)

    def moments(self, period: Period) -> tuple[datetime, datetime]:
        """Return the moments at which a period of trading days begins here and is over."""
        return period.moments(self.tz, DAY_STARTS)


class Screen(models.Model):
    """One hall of a theatre."""

    class Shape(models.TextChoices):
        STRAIGHT = "STRAIGHT", _("straight rows")
        CURVED = "CURVED", _("curved rows")

    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="screens")
    name = models.CharField(_("name"), max_length=60)
    shape = models.CharField(_("shape"), max_length=10, choices=Shape, default=Shape.STRAIGHT)
    retired_at = models.DateTimeField(_("closed since"), null=True, blank=True)
    # Counts the changes of its plan, to detect conflicting edits.
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("screen")
        verbose_name_plural = _("screens")
        ordering = ["theatre", "name"]
        constraints = [models.UniqueConstraint(fields=["theatre", "name"], name="screen_name_unique_in_theatre")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_curved(self) -> bool:
        return self.shape == self.Shape.CURVED


class SeatCategory(LocalizedMixin, models.Model):
    """A class of seats that costs the same, such as Premium. ``rank`` 1 is the plainest; it also picks the colour."""

    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="seat_categories")
    name = models.CharField(_("name"), max_length=40)
    name_translations = translations_field()
    rank = models.PositiveSmallIntegerField(pgettext_lazy("a place in a list", "order"), default=1)

    class Meta:
        verbose_name = _("seat category")
        verbose_name_plural = _("seat categories")
        ordering = ["theatre", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["theatre", "name"], name="seat_category_name_unique_in_theatre"),
            models.UniqueConstraint(fields=["theatre", "rank"], name="seat_category_rank_unique_in_theatre"),
        ]

    def __str__(self) -> str:
        return self.name


STANDS = models.Q(retired_at=None)


class Seat(models.Model):
    """A seat of a screen.

    ``x`` counts half seat widths from the left wall and ``y`` rows from the front, so that rows can be
    staggered by half a seat and an aisle is simply a gap. Love seats beside each other pair up from the left.
    A seat that any show ever used is never changed or deleted: it is retired, and its replacement is another row.
    """

    class Kind(models.TextChoices):
        STANDARD = "STANDARD", _("standard")
        WHEELCHAIR = "WHEELCHAIR", _("wheelchair space")
        COMPANION = "COMPANION", _("companion seat")
        LOVE = "LOVE", _("love seat")

    screen = models.ForeignKey(Screen, on_delete=models.PROTECT, related_name="seats")
    category = models.ForeignKey(SeatCategory, on_delete=models.PROTECT, related_name="seats")
    row = models.CharField(_("row"), max_length=3)
    number = models.PositiveSmallIntegerField(_("number"))
    x = models.PositiveSmallIntegerField(_("position from the left"), help_text=_("In half seat widths."))
    y = models.PositiveSmallIntegerField(_("row from the front"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.STANDARD)
    retired_at = models.DateTimeField(_("removed"), null=True, blank=True)

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["screen", "y", "x"]
        constraints = [
            models.UniqueConstraint(fields=["screen", "row", "number"], condition=STANDS, name="seat_unique_in_screen"),
            models.UniqueConstraint(fields=["screen", "x", "y"], condition=STANDS, name="seat_place_unique_in_screen"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """“Row G, seat 8”, as it is printed on the ticket."""
        return gettext("Row %(row)s, seat %(number)s") % {"row": self.row, "number": self.number}
