"""Films added, changed and retired by staff."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.exceptions import EditConflict, FilmExists, RunsIntoNext
from cinema.models import AuditEvent, Movie, Show
from cinema.services.films.films import FilmFacts, add_film, edit_film, retire_film
from tests.factories import MovieFactory, ScreenFactory, ShowFactory, UserFactory, cancelled, past

pytestmark = pytest.mark.django_db

FACTS = FilmFacts(
    title="Up", runtime=96, year=2009, genres={"adventure": "Adventure"}, languages={"en": "English"}, cast=["Ed Asner"]
)


@pytest.fixture
def user():
    return UserFactory(name="Meera")


def facts_of(movie: Movie, **others) -> FilmFacts:
    """The facts of a film from the factory, with some changes."""
    return FilmFacts(
        **{"title": movie.title, "runtime": movie.runtime, "year": movie.year, "certificate": movie.certificate}
        | others
    )


def last_deed() -> AuditEvent:
    return AuditEvent.objects.first()


def following(show: Show, *, minutes: int, **fields) -> Show:
    """A show of another film on the same screen, so many minutes after the screen is free."""
    return ShowFactory(screen=show.screen, starts_at=show.ends_at + timedelta(minutes=minutes), **fields)


def test_a_film_is_added_with_genres_and_languages_that_were_not_known(user):
    movie = add_film(facts=FACTS, user=user)

    movie.refresh_from_db()
    assert (movie.slug, movie.runtime, movie.cast) == ("up-2009", 96, ["Ed Asner"])
    assert [genre.name for genre in movie.genres.all()] == ["Adventure"]
    assert [language.code for language in movie.languages.all()] == ["en"]


def test_adding_a_film_is_recorded_with_its_user(user):
    add_film(facts=FACTS, user=user)

    assert (last_deed().action, last_deed().user, last_deed().subject) == ("FILM", user, "Up")
    assert last_deed().details["changes"]["runtime"] == [None, 96]


def test_an_existing_film_is_not_added_twice(user):
    movie = add_film(facts=FACTS, user=user)

    with pytest.raises(FilmExists, match=r"“Up” \(2009\) is already in the library") as refusal:
        add_film(facts=FACTS, user=user)

    assert refusal.value.movie == movie
    assert Movie.objects.count() == 1


def test_a_film_is_changed_and_keeps_its_address(user):
    movie = add_film(facts=FACTS, user=user)

    edit_film(
        movie_id=movie.pk,
        version=0,
        facts=replace(FACTS, title="Up!", rating=Decimal("8.3"), genres={}, languages={"hi": "Hindi"}),
        user=user,
    )

    movie = Movie.objects.get()
    assert (movie.title, movie.slug, movie.version, movie.rating) == ("Up!", "up-2009", 1, Decimal("8.3"))
    assert not movie.genres.exists()
    assert last_deed().details["changes"] == {
        "title": ["Up", "Up!"],
        "rating": [None, "8.3"],
        "genres": [["Adventure"], []],
        "languages": [["English"], ["Hindi"]],
    }


def test_saving_what_is_there_already_is_no_change(user):
    movie = add_film(facts=FACTS, user=user)

    edit_film(movie_id=movie.pk, version=0, facts=FACTS, user=user)

    assert Movie.objects.get().version == 0
    assert AuditEvent.objects.count() == 1


def test_the_second_to_save_gets_a_conflict_and_changes_nothing(user):
    movie = add_film(facts=FACTS, user=user)
    edit_film(movie_id=movie.pk, version=0, facts=replace(FACTS, certificate="UA"), user=user)

    with pytest.raises(EditConflict, match=r"Meera changed this .* certificate from “—” to “UA”"):
        edit_film(movie_id=movie.pk, version=0, facts=replace(FACTS, director="Pete Docter"), user=user)

    assert Movie.objects.get().director == ""


def test_another_runtime_moves_the_end_of_the_shows_to_come(user):
    show = ShowFactory(movie=MovieFactory(runtime=120))
    draft = following(show, minutes=60, movie=show.movie)
    Show.objects.filter(pk=draft.pk).update(status=Show.Status.DRAFT)

    edited = edit_film(movie_id=show.movie_id, version=0, facts=facts_of(show.movie, runtime=130), user=user)

    assert edited.shows == 2
    assert Show.objects.get(pk=show.pk).ends_at == show.ends_at + timedelta(minutes=10)
    assert Show.objects.get(pk=draft.pk).ends_at == draft.ends_at + timedelta(minutes=10)
    assert last_deed().details["shows"] == 2


def test_each_show_keeps_its_own_trailers_and_turnaround(user):
    show = ShowFactory(movie=MovieFactory(runtime=120), trailers=0, turnaround=5)

    edit_film(movie_id=show.movie_id, version=0, facts=facts_of(show.movie, runtime=100), user=user)

    assert Show.objects.get(pk=show.pk).ends_at == show.starts_at + timedelta(minutes=105)


def test_past_and_cancelled_shows_keep_their_end(user):
    movie = MovieFactory(runtime=120)
    over = past(ShowFactory(movie=movie))
    Show.objects.filter(pk=over.pk).update(ends_at=over.starts_at + timedelta(minutes=30))
    cancelled_show = cancelled(ShowFactory(movie=movie))

    edited = edit_film(movie_id=movie.pk, version=0, facts=facts_of(movie, runtime=130), user=user)

    assert edited.shows == 0
    assert Show.objects.get(pk=cancelled_show.pk).ends_at == cancelled_show.ends_at
    assert Show.objects.get(pk=over.pk).ends_at == over.starts_at + timedelta(minutes=30)


def test_a_runtime_with_which_a_show_runs_into_the_next_is_refused(user):
    show = ShowFactory(movie=MovieFactory(runtime=120))
    next_show = following(show, minutes=5, movie=MovieFactory(title="The Next"))

    with pytest.raises(RunsIntoNext, match=r"at 18:00 .* would overlap “The Next” at 20:35") as refusal:
        edit_film(movie_id=show.movie_id, version=0, facts=facts_of(show.movie, runtime=126), user=user)

    assert (refusal.value.film, refusal.value.show) == (show, next_show)
    assert Movie.objects.get(pk=show.movie_id).runtime == 120
    assert Show.objects.get(pk=show.pk).ends_at == show.ends_at


def test_a_runtime_that_just_fits_is_taken(user):
    show = ShowFactory(movie=MovieFactory(runtime=120))
    following(show, minutes=5, movie=show.movie)

    assert edit_film(movie_id=show.movie_id, version=0, facts=facts_of(show.movie, runtime=125), user=user).shows == 2


def test_a_cancelled_show_and_one_on_another_screen_do_not_overlap(user):
    show = ShowFactory(movie=MovieFactory(runtime=120))
    cancelled(following(show, minutes=5))
    ShowFactory(screen=ScreenFactory(theatre=show.screen.theatre), starts_at=show.ends_at)

    assert edit_film(movie_id=show.movie_id, version=0, facts=facts_of(show.movie, runtime=200), user=user).shows == 1


def test_the_same_statements_whatever_the_number_of_shows(user, django_assert_max_num_queries):
    first = ShowFactory(movie=MovieFactory(runtime=60))
    last = first
    for _ in range(12):
        last = following(last, minutes=10, movie=first.movie)

    with django_assert_max_num_queries(30):
        edit_film(movie_id=first.movie_id, version=0, facts=facts_of(first.movie, runtime=65), user=user)


def test_a_retired_film_keeps_its_shows_and_can_be_brought_back(user):
    show = ShowFactory()

    retire_film(movie_id=show.movie_id, retired=True, user=user)
    assert Movie.objects.get().retired_at
    assert Show.objects.get().status == Show.Status.SCHEDULED

    retire_film(movie_id=show.movie_id, retired=False, user=user)
    assert Movie.objects.get().retired_at is None


def test_retiring_twice_is_retiring_once(user):
    movie = MovieFactory()

    first = retire_film(movie_id=movie.pk, retired=True, user=user)
    second = retire_film(movie_id=movie.pk, retired=True, user=user)

    assert second.retired_at == first.retired_at
    assert AuditEvent.objects.count() == 1
