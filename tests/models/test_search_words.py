"""The search words of films and orders, kept up to date by every writer."""

from importlib import import_module

import pytest
from django.apps import apps

from cinema.domain.folding import words_of_person
from cinema.models import Movie, Ticket, TicketWord, User
from tests.factories import MovieFactory, ShowFactory, UserFactory, sold

pytestmark = pytest.mark.django_db

old_rows = import_module("cinema.migrations.0022_search_words_of_old_rows")


def words_of(movie):
    return Movie.objects.values_list("search_words", flat=True).get(pk=movie.pk).split()


def test_a_saved_film_has_the_words_of_its_titles_director_and_cast():
    movie = MovieFactory(title="Amélie", original_title="Le Destin", director="Jean-Pierre J.", cast=["Audrey Tautou"])
    assert words_of(movie) == ["amelie", "audrey", "destin", "jeanpierre", "le", "pierre", "tautou"]

    movie.title = "Up"
    movie.save(update_fields=["title"])
    assert "up" in words_of(movie)
    assert "amelie" not in words_of(movie)


def test_films_written_in_bulk_have_theirs():
    (movie,) = Movie.objects.bulk_create([Movie(title="Amélie", slug="amelie", runtime=120)])
    assert words_of(movie) == ["amelie"]

    movie.title = "Up"
    Movie.objects.bulk_update([movie], ["title"])
    assert words_of(movie) == ["up"]


def test_rows_from_before_get_their_words_by_migration_in_batches(monkeypatch):
    monkeypatch.setattr(old_rows, "BATCH", 2)
    shows = [ShowFactory() for _ in range(3)]
    tickets = [sold(show, "A1") for show in shows]
    Movie.objects.update(search_words="")
    TicketWord.objects.filter(ticket__in=tickets[1:]).delete()  # as if it had been interrupted

    old_rows.write_films(apps, None)
    old_rows.write_tickets(apps, None)

    assert all(words_of(show.movie) for show in shows)
    for ticket, show in zip(tickets, shows, strict=True):
        assert list(ticket.words.values_list("word", flat=True)) == words_of_person(ticket.name, ticket.email)
        assert {word.theatre for word in ticket.words.all()} == {show.screen.theatre}


def test_addresses_from_before_are_brought_into_their_form_unless_two_would_have_one():
    ticket, user, other = sold(ShowFactory(), "A1"), UserFactory(), UserFactory(email="mike@example.org")
    Ticket.objects.update(email="Asha@Müller.example")
    User.objects.filter(pk=user.pk).update(email="\uff4dike@example.org")

    old_rows.write_tickets(apps, None)
    old_rows.correct_addresses(apps, None)

    ticket.refresh_from_db()
    user.refresh_from_db()
    assert ticket.email == "asha@xn--mller-kva.example"
    assert (user.email, other.email) == ("\uff4dike@example.org", "mike@example.org")
    other.delete()
    old_rows.correct_addresses(apps, None)
    user.refresh_from_db()
    assert user.email == "mike@example.org"
