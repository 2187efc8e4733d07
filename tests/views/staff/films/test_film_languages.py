"""Titles and synopses in several languages in the back office: entered, recorded, in conflict."""

import pytest
from django.urls import reverse

from cinema.models import Edit, Movie
from tests.factories import MANAGER, MovieFactory, TheatreFactory, staff
from tests.views.browsers import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    client = browser()
    client.force_login(staff(TheatreFactory(), MANAGER, name="Meera"))
    return client


def edit(movie: Movie) -> str:
    return reverse("staff-films-edit", args=[movie.pk])


def entries(movie: Movie, **others: object) -> dict[str, object]:
    names = ("title", "runtime", "version", "year", "certificate")
    return {name: getattr(movie, name) for name in names} | others


def test_the_form_has_the_texts_in_each_other_language(client):
    movie = MovieFactory(title_translations={"ar": "القارب"})

    page = client.get(edit(movie)).content.decode()

    assert '<summary lang="de">Deutsch</summary>' in page
    assert '<summary lang="en">' not in page
    assert 'name="title_ar" value="القارب" maxlength="200" lang="ar" dir="rtl"' in page
    assert 'name="synopsis_hi"' in page


def test_a_cinema_with_one_language_has_no_such_fields(client, settings):
    settings.LANGUAGES = [("en", "English")]
    assert "<summary lang" not in client.get(edit(MovieFactory())).content.decode()


def test_texts_in_other_languages_are_saved_and_recorded(client):
    movie = MovieFactory(title="The Boat", title_translations={"fr": "Le Bateau", "it": "La barca"})

    assert client.post(edit(movie), entries(movie, title_de=" Das  Boot ", title_fr="")).status_code == 303

    movie.refresh_from_db()
    assert movie.title_translations == {"de": "Das Boot", "it": "La barca"}  # Italian is not offered, and stays
    assert Edit.objects.get(kind="movie").changes == {
        "title_translations": [{"fr": "Le Bateau", "it": "La barca"}, {"de": "Das Boot", "it": "La barca"}]
    }


def test_a_text_that_is_too_long_is_refused_with_its_language_open(client):
    movie = MovieFactory()

    response = client.post(edit(movie), entries(movie, title_de="x" * 201))

    assert response.status_code == 400
    page = response.content.decode()
    assert '<details class="staff-translations" open>' in page
    assert '<a href="#id_title_de">Title (Deutsch)</a>' in page


def test_a_translation_that_somebody_else_changed_is_a_conflict(client):
    movie = MovieFactory(title="The Boat")
    seen = entries(movie)
    client.post(edit(movie), seen | {"title_de": "Das Boot"})

    response = client.post(edit(movie), seen | {"title_de": "Der Kahn"})

    assert response.status_code == 409
    assert "Deutsch: Das Boot" in response.content.decode()
    movie.refresh_from_db()
    assert movie.title_translations == {"de": "Das Boot"}
