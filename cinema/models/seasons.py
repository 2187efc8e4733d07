"""Seasons: films shown under one title."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cinema.domain import day_parts
from cinema.models.movies import Movie
from cinema.models.shows import Show
from cinema.models.theatres import Theatre
from cinema.models.translations import LocalizedMixin, translations_field

LONGEST_SEASON_TITLE, LONGEST_SEASON_TEXT = 120, 5000


class Season(LocalizedMixin, models.Model):
    """Films that are shown under one title, such as “Kurosawa season”, on a page of their own.

    The shows of its ``movies`` that meet its conditions belong to it: the ``theatre``; trading days from ``starts_on``
    to ``ends_on``, and ``weekdays`` (0 for Monday); ``time``, a part of the day (domain.day_parts). Without one of
    these, any will do. ``slug`` identifies it in its URL and never changes.
    """

    title = models.CharField(_("title"), max_length=LONGEST_SEASON_TITLE)
    title_translations = translations_field()
    slug = models.SlugField(max_length=240, unique=True, allow_unicode=True)
    text = models.TextField(_("text"), max_length=LONGEST_SEASON_TEXT, blank=True)
    text_translations = translations_field()
    movies = models.ManyToManyField(Movie, verbose_name=_("films"), related_name="seasons", blank=True)
    theatre = models.ForeignKey(
        Theatre, models.PROTECT, verbose_name=_("theatre"), related_name="seasons", null=True, blank=True
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    weekdays = models.JSONField(_("weekdays"), default=list, blank=True)
    time = models.CharField(_("time of day"), max_length=10, choices=day_parts.NAMES, blank=True)
    # Counts the changes by staff, to detect conflicting edits.
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("season")
        verbose_name_plural = _("seasons")
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="season_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("season", args=[self.slug])

    def includes(self, show: Show) -> bool:
        """Whether a show of one of its films, loaded with its theatre, meets its conditions."""
        day, theatre = show.trading_day, show.screen.theatre
        return (
            self.theatre_id in (None, theatre.pk)
            and (self.starts_on or day) <= day <= (self.ends_on or day)
            and day.weekday() in (self.weekdays or [day.weekday()])
            and (not self.time or show.starts_at.astimezone(theatre.tz).hour in day_parts.HOURS[self.time])
        )

    def is_over(self, now: datetime) -> bool:
        """Whether its last day is past, at its theatre or, without one, in UTC."""
        today = self.theatre.trading_day(now) if self.theatre else now.astimezone(UTC).date()
        return bool(self.ends_on and self.ends_on < today)
