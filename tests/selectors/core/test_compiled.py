"""Querysets whose SQL is compiled once: selectors.core.compiled."""

from collections.abc import Collection
from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import connections
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from cinema.models import Show
from cinema.selectors.core.compiled import Compiled, give
from tests.factories import GenreFactory, MovieFactory, ShowFactory

pytestmark = pytest.mark.django_db


def shows(pk: int, title: str) -> QuerySet[Show]:
    found = Show.objects.select_related("movie", "screen__theatre", "subtitles").annotate(now=Now())
    return found.filter(Q(pk=pk) | Q(movie__title=title) | Q(movie__slug=title)).exclude(status="DRAFT").order_by("pk")


def test_it_finds_what_the_queryset_finds(django_assert_num_queries):
    first, second = ShowFactory(movie__title="A Quiet Place"), ShowFactory()
    draft = ShowFactory(movie=first.movie)
    Show.objects.filter(pk=draft.pk).update(status=Show.Status.DRAFT)
    compiled = Compiled(shows)

    for values in ((second.pk, "A Quiet Place"), (first.pk, "Nothing"), (0, "Nothing"), (0, second.movie.slug)):
        with django_assert_num_queries(1):
            found = compiled(*values)
            assert all(show.screen.theatre.name and show.movie.title and show.subtitles is None for show in found)
        read = list(shows(*values))
        assert [show.pk for show in found] == [show.pk for show in read]
        for one, other in zip(found, read, strict=True):
            assert abs(one.now - other.now).total_seconds() < 60
            facts = [{k: v for k, v in show.__dict__.items() if k not in ("_state", "now")} for show in (one, other)]
            assert facts[0] == facts[1]
            assert not one._state.adding


def test_it_finds_tuples_as_well_and_those_of_a_union():
    first, second = ShowFactory(), ShowFactory()

    def pairs(pk: int) -> QuerySet[Show, tuple[str, int]]:
        mine = Show.objects.filter(pk=pk).values_list("format", "pk", "movie__title").order_by()
        return mine.union(Show.objects.exclude(pk=pk).values_list("format", "pk", "movie__title").order_by(), all=True)

    for show in (first, second):
        assert Compiled(pairs)(show.pk) == list(pairs(show.pk)) != []


def test_values_may_be_collections_of_keys_and_of_dates():
    today, other = ShowFactory(), ShowFactory()
    later = ShowFactory(starts_at=today.starts_at + timedelta(days=2))
    built = []

    def among(keys: Collection[int], days: Collection[date], slug: str) -> QuerySet[Show]:
        built.append(len(keys))
        return Show.objects.filter(pk__in=keys, trading_day__in=days).exclude(movie__slug=slug).order_by("pk")

    compiled, days = Compiled(among), {today.trading_day, later.trading_day}
    assert compiled([today.pk, later.pk, other.pk], days, other.movie.slug) == [today, later]
    assert compiled((today.pk, later.pk, other.pk, 0), days, "") == [today, other, later]
    assert compiled({later.pk}, {today.trading_day}, "") == []
    assert compiled([], days, "") == []
    assert compiled([today.pk], [today.trading_day], "") == [today]
    assert built == [4, 1, 1]  # three and four keys share a statement; so do one key and none, but for the days


def test_genres_that_were_given_are_read_no_more(django_assert_num_queries):
    movie = MovieFactory()
    genres = [GenreFactory(), GenreFactory()]
    give(movie, "genres", genres)

    with django_assert_num_queries(0):
        assert list(movie.genres.all()) == genres


def test_it_compiles_once():
    built = []
    compiled = Compiled(lambda pk: built.append(pk) or Show.objects.filter(pk=pk))
    pk = ShowFactory().pk
    assert [len(compiled(key)) for key in (pk + 1, pk + 2, pk)] == [0, 0, 1]
    assert len(built) == 1


def test_rows_that_were_given_are_read_no_more(django_assert_num_queries):
    show = ShowFactory(screen__rows=1, screen__columns=3)
    give(show, "seats", list(show.seats.order_by("-pk")))

    with django_assert_num_queries(0):
        seats = list(show.seats.all())
        assert all(seat.show is show for seat in seats)
    assert [seat.pk for seat in seats] == sorted((seat.pk for seat in seats), reverse=True)
    assert len(seats) == 3


@pytest.mark.parametrize("key", [10**10, 2**63 - 1, 2**63, -(2**70), 10**30])
def test_a_number_that_no_key_can_be_finds_nothing(key):
    assert Compiled(lambda pk: Show.objects.filter(pk=pk))(key) == []


def test_a_value_that_is_no_parameter_is_refused():
    with pytest.raises(TypeError, match="no parameter"):
        Compiled(lambda pk: Show.objects.filter(movie__year=2000))(1)


@pytest.mark.django_db(transaction=True)
def test_each_thread_uses_its_own_connection():
    compiled, show, got = Compiled(lambda pk: Show.objects.filter(pk=pk)), ShowFactory(), []
    compiled(show.pk)

    def read() -> None:
        got.append([found.pk for found in compiled(show.pk)])
        connections.close_all()

    threads = [Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [[show.pk]] * 4
