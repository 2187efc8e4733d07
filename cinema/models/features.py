"""Shows of several films, one after the other: double bills."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cinema.models.movies import Movie
from cinema.models.translations import LocalText

if TYPE_CHECKING:
    from cinema.models.shows import Show

BETWEEN_FILMS = " + "
WHOLE = Decimal(100)  # percent
FURTHER = (2, 3, 4)  # the positions of further films
MAX_BREAK = 240  # minutes


class FurtherFilm(NamedTuple):
    """A film of a double bill after the first: the minutes of break before it, and its share of the revenue in
    percent, as agreed with its distributor. The first film has what is left."""

    movie: Movie
    break_minutes: int = 0
    share: Decimal = Decimal(0)


class FilmPart(NamedTuple):
    """A film of a show, with about when it begins and ends. The time between two films is a break."""

    movie: Movie
    starts_at: datetime
    ends_at: datetime


class LocalShow(NamedTuple):
    """The texts of a show as moviegoers read them."""

    show: "Show"

    @property
    def title(self) -> LocalText:
        """The title of its film, or “A + B”, in the language of the page where there is one."""
        titles = [movie.localized.title for movie in self.show.films]
        return titles[0] if len(titles) == 1 else LocalText.joined(titles, BETWEEN_FILMS)

    @property
    def label_note(self) -> LocalText:
        """The line beside its labels, in the language of the page where there is one."""
        return LocalText.of(self.show.label_note, self.show.label_note_translations)


class Feature(models.Model):
    """A further film of a show: a FurtherFilm of a double bill. ``position`` counts all films of the show: the first,
    Show.movie, has position 1 and no row.

    Services check that the shares of a show add up to at most 100, and that its first film is not a further one, too.
    """

    show = models.ForeignKey("cinema.Show", on_delete=models.CASCADE, related_name="features", db_index=False)
    movie = models.ForeignKey(Movie, on_delete=models.PROTECT, related_name="features")
    position = models.PositiveSmallIntegerField()
    break_minutes = models.PositiveSmallIntegerField(_("break"), default=0)
    share = models.DecimalField(_("share"), max_digits=5, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("further film")
        verbose_name_plural = _("further films")
        ordering = ["show", "position"]
        constraints = [
            models.UniqueConstraint(fields=["show", "position"], name="feature_position_unique"),
            models.UniqueConstraint(fields=["show", "movie"], name="feature_film_unique"),
            models.CheckConstraint(condition=Q(position__gte=2), name="feature_after_the_first"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=100), name="feature_share_to_100"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.movie}"

    @property
    def further(self) -> FurtherFilm:
        """The same as a FurtherFilm; the film must be loaded."""
        return FurtherFilm(self.movie, self.break_minutes, self.share)


def with_film(film: int | Movie | models.QuerySet[Movie]) -> Q:
    """A condition for the shows of a film, or of any film of a queryset, as their first film or a further one."""
    if isinstance(film, models.QuerySet):
        return Q(movie__in=film) | Q(pk__in=Feature.objects.filter(movie__in=film).order_by().values("show"))
    return Q(movie=film) | Q(pk__in=Feature.objects.filter(movie=film).order_by().values("show"))


def shown_at(shows: "models.QuerySet[Show]") -> Q:
    """A condition for the films of shows, first and further ones."""
    further = Feature.objects.filter(show__in=shows).order_by().values("movie")
    return Q(pk__in=shows.order_by().values("movie")) | Q(pk__in=further)
