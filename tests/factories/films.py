"""Films and seasons."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from cinema.models import Genre, Language, Movie, Season
from cinema.services.films.seasons import SeasonPlan, add_season


class GenreFactory(DjangoModelFactory):
    class Meta:
        model = Genre
        django_get_or_create = ["slug"]

    name = "Drama"
    slug = factory.LazyAttribute(lambda genre: genre.name.lower())


class LanguageFactory(DjangoModelFactory):
    class Meta:
        model = Language
        django_get_or_create = ["code"]

    code = "hi"
    name = "Hindi"


class MovieFactory(DjangoModelFactory):
    class Meta:
        model = Movie

    title = factory.Sequence(lambda n: f"The Film {n}")
    slug = factory.LazyAttribute(lambda movie: movie.title.lower().replace(" ", "-"))
    year = 2024
    runtime = 120
    certificate = "UA"


def season(*movies: Movie, title: str = "Kurosawa season", **conditions: Any) -> Season:
    """A season of these films; ``conditions`` are fields of a SeasonPlan."""
    return add_season(plan=SeasonPlan(title=title, movies=movies, **conditions), user=None)
