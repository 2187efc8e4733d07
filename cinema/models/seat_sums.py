"""Sums of past weeks by seat, so that nobody adds up a year of tickets while a page waits."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cinema.models.theatres import Screen, Seat


class SummedWeek(models.Model):
    """A past week of a screen whose sales were added up by seat, and the shows that it was read from.

    ``monday`` is its first trading day. ``shows`` counts those that were not cancelled, ``keys`` is the sum of their
    keys, ``changes`` that of their revisions and versions, which only grow: while all three are what the shows say now,
    nothing has changed since. Otherwise the sums do not count until they are made again.
    """

    screen = models.ForeignKey(Screen, on_delete=models.CASCADE, related_name="+", db_index=False)
    monday = models.DateField()
    shows = models.PositiveIntegerField()
    keys = models.BigIntegerField()
    changes = models.BigIntegerField()

    class Meta:
        verbose_name = _("week added up")
        verbose_name_plural = _("weeks added up")
        constraints = [models.UniqueConstraint(fields=["screen", "monday"], name="summed_week_once")]

    def __str__(self) -> str:
        return f"{self.screen_id} · {self.monday}"


class SeatWeek(models.Model):
    """How often a seat was sold in a week, and how many seconds before the shows altogether."""

    pk = models.CompositePrimaryKey("week", "seat")
    week = models.ForeignKey(SummedWeek, on_delete=models.CASCADE, related_name="seats", db_index=False)
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="+")
    sold = models.PositiveIntegerField()
    lead = models.BigIntegerField()

    class Meta:
        verbose_name = _("sales of a seat in a week")
        verbose_name_plural = _("sales of seats in a week")

    def __str__(self) -> str:
        return f"{self.week_id}/{self.seat_id}: {self.sold}"
