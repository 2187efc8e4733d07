"""Shows and the seats at them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cinema.domain.certificates import strictest
from cinema.domain.fees import PlainPrice, StartingPrice, starting_price
from cinema.models.features import BETWEEN_FILMS, WHOLE, FilmPart, FurtherFilm, LocalShow
from cinema.models.labels import LONGEST_LABEL_NOTE, ShowLabel, read_labels
from cinema.models.movies import Format, Language, Movie
from cinema.models.prices import PriceCard, Tariff
from cinema.models.theatres import Screen, Seat, Theatre
from cinema.models.translations import translations_field


class Show(models.Model):
    """A movie on a screen at a time, or several one after the other (a double bill): ``movie`` is then the first.

    Drafts are visible to staff only.
    ``further_minutes`` is how long its further films and the breaks before them take; 0 if there are none.
    ``revision`` counts the changes of its seats without gaps; each is in the ledger.
    ``trading_day`` is the day it belongs to in the theatre's zone: 00:30 is still the evening before.
    ``admissions`` is the number of seats sold, ``revenue`` the money received for its tickets less refunds; both are
    updated with the seats. For a cancelled show that money is ``owed`` to the buyers until refunded or exchanged.
    ``seats_dropped`` is the number of never used seats whose rows were deleted long after the show; None while all
    rows exist. ``seats_total`` and ``seats_free`` still count them. ``contacts_erased_at`` is when the buyers' names
    and contacts were erased, later still.
    ``version`` counts the changes of its plan (not of its seats), to detect conflicting edits.
    ``offer_version`` counts the changes of what a buyer chooses: film, screen, time, format, languages, and those
    labels that buyers rely on.
    ``labels`` are codes of ShowLabel with a space before and after each; ``label_note`` is a line beside them.
    ``plain_prices`` are known after selectors.schedule.plain_prices.
    """

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("draft")
        SCHEDULED = "SCHEDULED", _("scheduled")
        CANCELLED = "CANCELLED", pgettext_lazy("a show", "cancelled")

    Format = Format
    plain_prices: Sequence[PlainPrice] = ()

    movie = models.ForeignKey(Movie, on_delete=models.PROTECT, related_name="shows")
    screen = models.ForeignKey(Screen, on_delete=models.PROTECT, related_name="shows")
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"), help_text=_("When the screen is free for the next show."))
    trading_day = models.DateField(_("trading day"))
    format = models.CharField(_("format"), max_length=10, choices=Format, default=Format.STANDARD)
    language = models.ForeignKey(Language, on_delete=models.PROTECT, related_name="shows", verbose_name=_("spoken in"))
    subtitles = models.ForeignKey(
        Language, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("subtitles")
    )
    labels = models.CharField(_("labels"), max_length=255, blank=True, default="", db_default="")
    label_note = models.CharField(
        _("note for the audience"), max_length=LONGEST_LABEL_NOTE, blank=True, default="", db_default=""
    )
    label_note_translations = translations_field()
    trailers = models.PositiveSmallIntegerField(_("trailers"), default=15, help_text=_("Minutes before the film."))
    turnaround = models.PositiveSmallIntegerField(
        _("turnaround"), default=15, help_text=_("Minutes after the film for leaving and cleaning.")
    )
    sales_start_at = models.DateTimeField(
        _("on sale from"), null=True, blank=True, help_text=_("Leave empty to sell at once.")
    )
    sales_end_at = models.DateTimeField(_("on sale until"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.SCHEDULED)
    # When it was put on sale, and the start that was announced then if it was moved to another time since.
    published_at = models.DateTimeField(null=True, editable=False)
    moved_from = models.DateTimeField(null=True, editable=False)
    price_card = models.ForeignKey(
        PriceCard, on_delete=models.PROTECT, related_name="shows", null=True, blank=True, verbose_name=_("price card")
    )
    further_minutes = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    no_coupons = models.BooleanField(
        _("no free list"), default=False, db_default=False, help_text=_("No coupon is taken for it.")
    )
    # The current prices of its free seats by ticket type; None: every ticket costs the price of its seat.
    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="shows", null=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    offer_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    seats_total = models.PositiveIntegerField(default=0, editable=False)
    seats_free = models.PositiveIntegerField(default=0, editable=False)
    seats_dropped = models.PositiveIntegerField(null=True, editable=False)
    contacts_erased_at = models.DateTimeField(null=True, editable=False)
    admissions = models.PositiveIntegerField(default=0, editable=False)
    revenue = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    owed = models.DecimalField(max_digits=12, decimal_places=2, default=0, db_default=0, editable=False)
    # The time of the next automatic release of house seats; None if there is none.
    house_release_at = models.DateTimeField(null=True, editable=False)
    # Whether anybody ever joined its waiting list; if not, released seats need no query for it.
    waited_for = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("show")
        verbose_name_plural = _("shows")
        ordering = ["starts_at"]
        indexes = [
            models.Index(fields=["trading_day", "starts_at"], name="show_by_day"),
            models.Index(fields=["movie", "trading_day"], name="show_by_movie_and_day"),
            models.Index(fields=["status", "ends_at"], name="show_by_status_and_end"),
            models.Index(fields=["screen", "ends_at"], name="show_by_screen_and_end"),
            models.Index(fields=["screen", "trading_day"], name="show_by_screen_and_day"),
            models.Index(fields=["ends_at"], condition=Q(seats_dropped=None), name="show_with_all_seats_by_end"),
            models.Index(fields=["ends_at"], condition=Q(contacts_erased_at=None), name="show_with_contacts_by_end"),
            models.Index(
                fields=["house_release_at"], condition=Q(house_release_at__isnull=False), name="show_with_house_seats"
            ),
        ]
        constraints = [
            # PostgreSQL's exclusion constraint, or SQLite's triggers, of migration 0005 forbid overlaps on a screen.
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="show_ends_after_start"),
            models.CheckConstraint(condition=Q(seats_free__lte=F("seats_total")), name="show_free_at_most_total"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.starts_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("show", args=[self.pk])

    @property
    def doors_open_at(self) -> datetime:
        """When its theatre, which is loaded, opens the doors."""
        return self.starts_at - timedelta(minutes=self.screen.theatre.doors)

    @property
    def film_starts_at(self) -> datetime:
        """When the film itself begins, after the trailers."""
        return self.starts_at + timedelta(minutes=self.trailers)

    @property
    def film_ends_at(self) -> datetime:
        """When the film is over, or the last one, after the trailers and the runtime."""
        return self.film_starts_at + timedelta(minutes=self.runtime)

    @cached_property
    def further(self) -> tuple[FurtherFilm, ...]:
        """Its films after the first, in order; read once, in one statement if there are any. For many shows:
        selectors.core.features."""
        if not self.further_minutes:
            return ()
        return tuple(feature.further for feature in self.features.select_related("movie"))

    @property
    def films(self) -> list[Movie]:
        """All its films, in order."""
        return [self.movie, *(each.movie for each in self.further)]

    @property
    def film_ids(self) -> list[int]:
        """The keys of all its films, in order."""
        return [self.movie_id, *(each.movie.pk for each in self.further)]

    @property
    def title(self) -> str:
        """Its film, or “A + B”, as staff read it."""
        return BETWEEN_FILMS.join(map(str, self.films))

    @property
    def localized(self) -> "LocalShow":
        """Its texts as moviegoers read them: ``show.localized.title``."""
        return LocalShow(self)

    @property
    def runtime(self) -> int:
        """The minutes that its films and the breaks between them take."""
        return self.movie.runtime + self.further_minutes

    @property
    def certificate(self) -> str:
        """The age certificate of its film, the strictest one of several."""
        return strictest([movie.certificate for movie in self.films])

    @property
    def shares(self) -> list[Decimal]:
        """The shares of its films in the revenue, in percent and in order."""
        further = [each.share for each in self.further]
        return [WHOLE - sum(further), *further]

    @property
    def parts(self) -> list[FilmPart]:
        """Its films with their times, in order."""
        start, parts = self.film_starts_at, list[FilmPart]()
        for movie, pause in zip(self.films, [0, *(each.break_minutes for each in self.further)], strict=True):
            start += timedelta(minutes=pause)
            parts.append(FilmPart(movie, start, start + timedelta(minutes=movie.runtime)))
            start = parts[-1].ends_at
        return parts

    @property
    def breaks(self) -> list[tuple[datetime, datetime]]:
        """About when there are breaks between its films."""
        gaps = [(one.ends_at, following.starts_at) for one, following in pairwise(self.parts)]
        return [(start, end) for start, end in gaps if start < end]

    def set_further(self, further: Sequence[FurtherFilm]) -> None:
        """Set its further films and how long they take, without saving them."""
        self.further = tuple(further)
        self.further_minutes = sum(each.break_minutes + each.movie.runtime for each in further)

    @property
    def shown_labels(self) -> tuple[ShowLabel, ...]:
        """Its labels, access needs first."""
        return read_labels(self.labels)

    @property
    def for_members(self) -> bool:
        """Whether only members are admitted."""
        return ShowLabel.MEMBERS in self.shown_labels

    @property
    def flashes(self) -> bool:
        """Whether it has a warning of flashing lights."""
        return ShowLabel.STROBE in self.shown_labels

    def plain_amounts(self, channel: str) -> list[Decimal]:
        """What its plain tickets cost in an Order.Channel with the fee per ticket, by category; empty if unknown."""
        fee = self.screen.theatre.fee(channel)
        return [fee.added_to(price.amount, waived=price.waived) for price in self.plain_prices]

    def starting_price(self, channel: str) -> StartingPrice | None:
        """Its lowest price in an Order.Channel, loaded with its theatre and ``plain_prices``; None if none is known."""
        return starting_price(self.plain_prices, self.screen.theatre.fee(channel))

    @staticmethod
    def of_today(theatre: Theatre, now: datetime) -> Q:
        """A condition for the shows that the theatre's staff work for: those of the trading day and, around its
        change at five, those that are not over or whose doors open within the hour."""
        day, a_day = theatre.trading_day(now), timedelta(days=1)
        around = Q(starts_at__lte=_soon(theatre, now), ends_at__gt=now, trading_day__range=(day - a_day, day + a_day))
        return Q(screen__theatre=theatre) & (Q(trading_day=day) | around)

    def is_of_today(self, theatre: Theatre, now: datetime) -> bool:
        """Whether this show of the theatre meets the condition of_today()."""
        around = self.starts_at <= _soon(theatre, now) and self.ends_at > now
        return around or self.trading_day == theatre.trading_day(now)

    def on_sale_at(self, now: datetime) -> bool:
        """Whether its seats can be booked, by ``now`` of the database's clock."""
        begun = self.sales_start_at is None or self.sales_start_at <= now
        return self.status == self.Status.SCHEDULED and begun and now < self.sales_end_at

    def releases_by(self, now: datetime) -> bool:
        """Whether house seats were due to be released by ``now`` but have not been yet."""
        return self.house_release_at is not None and self.house_release_at <= now


def _soon(theatre: Theatre, now: datetime) -> datetime:
    """When the last shows begin whose doors open within the hour."""
    return now + timedelta(minutes=theatre.doors) + timedelta(hours=1)


class ShowSeat(models.Model):
    """A seat at a show: its price and status. ``hold`` is set only while it is held.

    ``price`` is that of the plain ticket type; ``tariff`` has those of the others at the time of pricing.
    A seat that was removed from the hall stays as REMOVED, with its ledger.
    """

    class Status(models.TextChoices):
        AVAILABLE = "AVAILABLE", _("available")
        HELD = "HELD", _("held")
        BOOKED = "BOOKED", _("sold")
        BLOCKED = "BLOCKED", _("blocked")
        REMOVED = "REMOVED", _("removed from the hall")

    show = models.ForeignKey(Show, on_delete=models.PROTECT, related_name="seats")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="show_seats", db_index=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.AVAILABLE)
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2)
    tariff = models.ForeignKey(
        Tariff, on_delete=models.PROTECT, related_name="+", null=True, editable=False, db_index=False
    )
    hold = models.ForeignKey(
        "cinema.Hold", on_delete=models.PROTECT, related_name="seats", null=True, blank=True, db_index=False
    )

    class Meta:
        verbose_name = _("show seat")
        verbose_name_plural = _("show seats")
        indexes = [models.Index(fields=["hold"], condition=Q(hold__isnull=False), name="show_seat_by_hold")]
        constraints = [
            models.UniqueConstraint(fields=["seat", "show"], name="show_seat_unique"),
            models.CheckConstraint(condition=Q(price__gte=0), name="show_seat_price_not_negative"),
            models.CheckConstraint(
                condition=Q(status="HELD", hold__isnull=False) | (~Q(status="HELD") & Q(hold__isnull=True)),
                name="show_seat_held_by_a_hold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat} · {self.show}"
