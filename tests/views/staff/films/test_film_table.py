"""The library as a table."""

import pytest
from django.urls import reverse

from cinema.models import Movie
from cinema.services.films.movie_import import import_movies
from tests.factories import MANAGER, GenreFactory, LanguageFactory, MovieFactory, TheatreFactory, staff
from tests.views.browsers import browser

pytestmark = pytest.mark.django_db


def library() -> list[object]:
    names = [field.name for field in Movie._meta.concrete_fields if field.name not in ("id", "version")]
    linked = Movie.objects.order_by("slug", "genres__slug", "languages__code")
    return [
        list(Movie.objects.order_by("slug").values(*names)),
        list(linked.values_list("slug", "genres__name", "languages__name")),
    ]


def test_an_exported_library_is_imported_alike(tmp_path):
    client = browser()
    client.force_login(staff(TheatreFactory(), MANAGER))
    hindi = LanguageFactory(code="hi", name="Hindi")
    movie = MovieFactory(
        title="=1+1",
        slug="11-2009",
        year=2009,
        release_date="2009-12-10",
        rating="7.5",
        format="3D",
        cast=["Sammy Davis, Jr.", "Asha"],
        director="A, B",
        synopsis="First line.\nSecond “line”; with; marks.",
        original_title="एक",
        original_language=hindi,
        title_translations={"de": "Eins und eins", "ar": "واحد"},
        synopsis_translations={"ne": "पहिलो\nदोस्रो"},
        content_notes="Violence, “grief”",
        content_notes_translations={"de": "Gewalt, Trauer"},
        trailer_url="https://example.org/watch?v=1&t=2",
    )
    movie.genres.add(GenreFactory(name="Sci-Fi", slug="sci-fi"), GenreFactory(name="Drama", slug="drama"))
    movie.languages.add(hindi)
    MovieFactory(title="Up", slug="up-2009", year=2009)
    before = library()

    response = client.get(reverse("staff-films-export", args=["csv"]))
    table = tmp_path / "films.csv"
    table.write_bytes(b"".join(response.streaming_content))
    Movie.objects.all().delete()
    report = import_movies(path=table)

    assert (report.created, report.skipped, report.warnings) == (2, [], [])
    assert library() == before
