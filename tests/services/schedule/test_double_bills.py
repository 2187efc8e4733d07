"""Shows of several films: planned, changed and copied, and what a new runtime does to them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.utils import timezone

from cinema.exceptions import FilmRetired, FilmTwice, Overlap, RunsIntoNext, SharesTooLarge, ShowSold
from cinema.models import AuditEvent, Feature, FurtherFilm, Movie, Show
from cinema.selectors.core.features import with_features
from cinema.services.films.films import edit_film, facts_of
from cinema.services.schedule.copying import copy_rows
from cinema.services.schedule.planning import plan_rows
from cinema.services.schedule.show_edits import delete_show, edit_show
from tests.factories import MovieFactory, ShowFactory, UserFactory, double_bill, on_card, sold

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def show():
    return double_bill(trailers=10, turnaround=20)


def fresh(show):
    return Show.objects.get(pk=show.pk)


def edit(show, **changes):
    return edit_show(theatre=show.screen.theatre, show_id=show.pk, seen=fresh(show).version, user=None, changes=changes)


def run(movie, minutes):
    """Give the film another runtime."""
    facts = replace(facts_of(movie=movie), runtime=minutes)
    return edit_film(movie_id=movie.pk, version=movie.version, facts=facts, user=UserFactory())


def test_a_double_bill_takes_its_screen_for_all_films_and_breaks(show):
    assert show.ends_at - show.starts_at == (10 + 115 + 15 + 130 + 20) * MINUTE
    assert fresh(show).further_minutes == 145
    with pytest.raises(Overlap, match="“Alien \\+ Brazil” is already on"):
        on_card(screen=show.screen, starts_at=show.starts_at + 240 * MINUTE, adult=250)


def test_its_films_follow_each_other_with_a_break(show):
    [alien, brazil] = fresh(show).parts

    assert [str(part.movie) for part in (alien, brazil)] == ["Alien", "Brazil"]
    assert alien.starts_at == show.starts_at + 10 * MINUTE
    assert brazil.starts_at == alien.ends_at + 15 * MINUTE
    assert fresh(show).breaks == [(alien.ends_at, brazil.starts_at)]
    assert fresh(show).film_ends_at == brazil.ends_at


def test_its_title_shares_and_age_are_those_of_all_films(show):
    assert (fresh(show).title, fresh(show).certificate) == ("Alien + Brazil", "18")
    assert fresh(show).shares == [60, 40]


def test_a_single_film_is_read_without_another_statement(django_assert_num_queries):
    show = fresh(ShowFactory(movie__title="Alien"))
    show.movie  # noqa: B018 # read before

    with django_assert_num_queries(0):
        assert (show.title, show.shares, show.breaks, show.film_ids) == ("Alien", [100], [], [show.movie_id])
        assert with_features([show]) == [show]


def test_many_double_bills_are_read_in_one_statement(show, django_assert_num_queries):
    double_bill(movie=MovieFactory(), second=MovieFactory())
    shows = Show.objects.select_related("movie")

    with django_assert_num_queries(2):
        assert len([show.title for show in with_features(shows)]) == 2


def test_the_shares_of_further_films_are_at_most_100_percent(show):
    further = (FurtherFilm(MovieFactory(), 0, Decimal(60)), FurtherFilm(MovieFactory(), 0, Decimal("40.01")))
    with pytest.raises(SharesTooLarge):
        ShowFactory(further=further)
    with pytest.raises(SharesTooLarge):
        edit(show, further=further)
    assert fresh(show).title == "Alien + Brazil"


def test_no_film_is_in_it_twice(show):
    with pytest.raises(FilmTwice, match="“Alien”"):
        double_bill(movie=show.movie, second=show.movie)
    with pytest.raises(FilmTwice, match="“Brazil”"):
        edit(show, movie=show.further[0].movie)
    with pytest.raises(IntegrityError):
        Feature.objects.create(show=show, movie=show.further[0].movie, position=3)


def test_another_further_film_moves_the_end_and_is_recorded(show):
    edit(show, further=(FurtherFilm(MovieFactory(title="Cabaret", runtime=124), 5, Decimal("33.33")),))

    assert fresh(show).title == "Alien + Cabaret"
    assert fresh(show).ends_at - show.starts_at == (10 + 115 + 5 + 124 + 20) * MINUTE
    assert fresh(show).offer_version == 1
    [change] = AuditEvent.objects.filter(action="SHOW").values_list("details__changes__further_films", flat=True)
    assert change == [["Brazil (15 min, 40.00 %)"], ["Cabaret (5 min, 33.33 %)"]]


def test_it_can_be_made_of_a_single_film_and_back(show):
    edit(show, further=())
    assert (fresh(show).title, fresh(show).further_minutes, Feature.objects.count()) == ("Alien", 0, 0)

    edit(show, further=show.further)
    assert fresh(show).title == "Alien + Brazil"


def test_a_retired_film_stays_but_none_is_added(show):
    Movie.objects.update(retired_at=timezone.now())
    edit(show, further=(show.further[0]._replace(share=Decimal(10)),))
    with pytest.raises(FilmRetired):
        edit(show, further=(FurtherFilm(MovieFactory(retired_at=timezone.now())),))


def test_buyers_keep_the_films_and_their_order_while_break_and_share_may_change(show):
    sold(show, "A1")
    brazil = show.further[0].movie
    for changes in ({"further": ()}, {"movie": brazil, "further": (FurtherFilm(show.movie),)}):
        with pytest.raises(ShowSold):
            edit(show, **changes)

    edit(show, further=(FurtherFilm(brazil, 20, Decimal(50)),))

    assert (fresh(show).shares, fresh(show).further_minutes) == ([50, 50], 150)
    assert fresh(show).offer_version == 0


def test_a_longer_break_may_not_run_into_the_next_show(show):
    ShowFactory(screen=show.screen, starts_at=show.ends_at)
    with pytest.raises(Overlap):
        edit(show, further=(show.further[0]._replace(break_minutes=16),))


def test_a_new_runtime_of_a_further_film_moves_the_end(show):
    brazil = show.further[0].movie
    assert run(brazil, 140).shows == 1
    assert fresh(show).further_minutes == 155
    assert fresh(show).ends_at == show.ends_at + 10 * MINUTE

    assert run(show.movie, 116).shows == 1
    assert fresh(show).ends_at == show.ends_at + 11 * MINUTE


def test_a_new_runtime_of_a_further_film_may_not_run_into_the_next_show(show):
    ShowFactory(screen=show.screen, starts_at=show.ends_at, movie__title="Cabaret")
    with pytest.raises(RunsIntoNext, match="Cabaret"):
        run(show.further[0].movie, 131)


def test_a_copy_has_the_same_films_breaks_and_shares():
    movie, further = MovieFactory(title="Alien"), (FurtherFilm(MovieFactory(title="Brazil"), 15, Decimal(40)),)
    show = on_card(movie=movie, further=further, adult=250)
    rows = copy_rows(theatre=show.screen.theatre, shows=[fresh(show)], days=7)

    [row] = plan_rows(theatre=show.screen.theatre, rows=rows, user=None, how="copy")

    assert row.film == "Alien + Brazil"
    assert fresh(row.show).further == further
    assert fresh(row.show).ends_at == show.ends_at + timedelta(days=7)


def test_a_copy_of_a_retired_further_film_is_refused(show):
    Movie.objects.filter(title="Brazil").update(retired_at=timezone.now())
    [row] = copy_rows(theatre=show.screen.theatre, shows=[fresh(show)], days=7)
    assert "Brazil" in str(row.problem)


def test_a_film_of_it_cannot_be_deleted_but_the_show_can(show):
    with pytest.raises(ProtectedError):
        show.further[0].movie.delete()

    assert delete_show(theatre=show.screen.theatre, show_id=show.pk, user=None).title == "Alien + Brazil"
    assert not Feature.objects.exists()
