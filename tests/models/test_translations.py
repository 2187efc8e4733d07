"""Texts in the languages that a cinema offers."""

import pytest
from django.utils.translation import override

from cinema.domain.languages import fallbacks
from cinema.models import Movie
from cinema.models.translations import other_languages
from cinema.templatetags.languages import in_its_language
from tests.factories import MovieFactory


@pytest.fixture
def movie():
    return Movie(title="The Boat", title_translations={"de": "Das Boot", "ar": "القارب"}, synopsis="Deep.")


def test_a_text_is_looked_for_in_the_language_its_base_and_the_sites_own():
    assert fallbacks("de-at", "en-gb") == ["de-at", "de", "en-gb", "en"]
    assert fallbacks("en", "en") == ["en"]


def test_a_text_is_in_the_language_of_the_page(movie):
    with override("de"):
        assert (movie.localized.title, movie.localized.title.language) == ("Das Boot", "de")


def test_a_text_is_in_the_base_of_a_variant(movie):
    with override("de-at"):
        assert movie.localized.title == "Das Boot"


def test_a_text_that_is_not_translated_is_in_the_sites_own_language(movie):
    with override("fr"):
        assert (movie.localized.title, movie.localized.title.language) == ("The Boat", "en")
    with override("de"):
        assert (movie.localized.synopsis, movie.localized.synopsis.language) == ("Deep.", "en")


def test_a_translation_into_what_became_the_sites_own_language_counts(movie, settings):
    settings.LANGUAGE_CODE = "de"
    with override("fr"):
        assert movie.localized.title == "Das Boot"
    assert "de" in other_languages(movie.title_translations)  # so that it can be changed
    assert "de" not in other_languages({})


def test_a_text_in_another_language_than_the_page_is_marked(movie):
    with override("de"):
        assert in_its_language(movie.localized.title) == "Das Boot"
        assert in_its_language(movie.localized.synopsis) == '<span lang="en" dir="ltr">Deep.</span>'
    movie.title_translations, movie.title = {}, "<b>"
    with override("ar"):
        assert in_its_language(movie.localized.title) == '<span lang="en" dir="ltr">&lt;b&gt;</span>'


@pytest.mark.django_db
def test_a_film_is_found_by_its_title_in_any_language(movie):
    movie = MovieFactory(title="The Boat", title_translations={"de": "Das Boot", "hi": "नाव"})

    assert list(Movie.objects.found_by("boot")) == list(Movie.objects.found_by("नाव")) == [movie]

    movie.title_translations = {}
    movie.save(update_fields=["title_translations"])
    assert not Movie.objects.found_by("boot")
