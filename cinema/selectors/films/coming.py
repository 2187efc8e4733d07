"""Films that are not on yet, and film alerts."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from cinema.models import Feature, FilmAlert, Movie, Show, shown_at
from cinema.selectors.schedule.genres import with_genres
from cinema.selectors.schedule.programme import upcoming_shows

AT_MOST = 60  # films on the page


def coming_films() -> list[Movie]:
    """Films without coming shows that are still to be released, by release date; in two statements.

    A film without a release date counts if it is of this year or a later one, and has never been shown.
    """
    today = timezone.now().date()
    shown = Show.objects.filter(movie=OuterRef("pk")).exclude(status=Show.Status.DRAFT)
    further = Feature.objects.filter(movie=OuterRef("pk")).exclude(show__status=Show.Status.DRAFT)
    unshown = Q(~Exists(shown), ~Exists(further), release_date=None, year__gte=today.year)
    coming = Movie.objects.filter(Q(release_date__gt=today) | unshown, ~shown_at(upcoming_shows()), retired_at=None)
    return with_genres(coming.order_by(F("release_date").asc(nulls_last=True), "title")[:AT_MOST])


def shows_on_sale() -> QuerySet[Show]:
    """Upcoming shows whose seats can be booked, by the database's clock."""
    begun = Q(sales_start_at=None) | Q(sales_start_at__lte=Now())
    return upcoming_shows().filter(begun, sales_end_at__gt=Now())


def film_alert(code: str) -> FilmAlert | None:
    """The film alert with this code, loaded with its film; None if there is none."""
    return FilmAlert.objects.select_related("movie").filter(code=code).first()
