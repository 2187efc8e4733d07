"""The programme: shows by day, their order, filters and search."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from cinema.models import Show
from cinema.models.theatres import DAY_STARTS
from cinema.selectors.films.movies import places, shows_of
from cinema.selectors.schedule.programme import Filters, filter_options, matching_shows, programme
from cinema.services.schedule.showtimes import local_moment
from tests.factories import (
    GenreFactory,
    LanguageFactory,
    MovieFactory,
    ScreenFactory,
    TheatreFactory,
    double_bill,
    listed,
    season,
    zone_at,
)

pytestmark = pytest.mark.django_db


def titles(on):
    return [film.movie.title for film in on.films]


@pytest.fixture
def galaxy():
    return TheatreFactory(name="Galaxy", slug="galaxy", city="Mumbai")


def test_a_show_that_has_started_or_was_cancelled_is_not_listed(galaxy):
    now = timezone.now()
    listed(theatre=galaxy, starts_at=now - timedelta(seconds=5))
    listed(theatre=galaxy, status=Show.Status.CANCELLED)
    coming = listed(theatre=galaxy, starts_at=now + timedelta(minutes=1))

    assert list(matching_shows(Filters())) == [coming]


def test_today_is_each_theatres_own_day():
    ahead, behind = TheatreFactory(time_zone="Pacific/Kiritimati"), TheatreFactory(time_zone="Pacific/Pago_Pago")
    listed(theatre=ahead, movie=MovieFactory(title="Ahead"))
    listed(theatre=behind, movie=MovieFactory(title="Behind"))
    tomorrow = listed(theatre=behind, days=1, movie=MovieFactory(title="Behind tomorrow"))

    on = programme(Filters(), [ahead, behind])

    assert sorted(titles(on)) == ["Ahead", "Behind"]
    assert on.days == [on.trading_day, tomorrow.trading_day]


def test_after_midnight_the_trading_day_is_the_one_before_today():
    night = TheatreFactory(time_zone=zone_at(1))
    show = listed(theatre=night)

    on = programme(Filters(), [night])

    assert (on.day, on.trading_day) == (show.trading_day, show.trading_day)
    assert on.today == show.starts_at.astimezone(night.tz).date() == show.trading_day + timedelta(days=1)
    assert on.films[0].showings[0].today == on.today


def test_a_chosen_day_is_the_same_date_at_every_theatre(galaxy):
    listed(theatre=galaxy)
    later = listed(theatre=galaxy, days=2)

    on = programme(Filters(day=later.trading_day), [galaxy])

    assert titles(on) == [later.movie.title]
    assert on.day == later.trading_day


def test_when_nothing_is_left_today_the_next_day_with_shows_is_shown(galaxy):
    later = listed(theatre=galaxy, days=3)

    on = programme(Filters(), [galaxy])

    assert (on.day, titles(on)) == (later.trading_day, [later.movie.title])


def test_a_day_without_shows_offers_the_next_day_with_shows(galaxy):
    soon, later = listed(theatre=galaxy, days=1), listed(theatre=galaxy, days=5)
    empty = soon.trading_day + timedelta(days=1)

    on = programme(Filters(day=empty), [galaxy])

    assert (on.films, on.next_day) == ([], later.trading_day)
    assert on.days == [soon.trading_day, empty, later.trading_day]


def test_a_show_after_midnight_belongs_to_the_evening_before(galaxy):
    evening = listed(theatre=galaxy, days=1)
    night = listed(
        theatre=galaxy, movie=evening.movie, trading_day=evening.trading_day, starts_at=evening.starts_at + timedelta(1)
    )

    on = programme(Filters(day=evening.trading_day), [galaxy])

    assert [show.pk for show in on.films[0].shows] == [evening.pk, night.pk]


def test_films_come_by_their_next_show_and_their_theatres_by_name():
    zenith, apollo = TheatreFactory(name="Zenith"), TheatreFactory(name="Apollo")
    early = listed(theatre=zenith, movie=MovieFactory(title="Zorro"))
    listed(theatre=apollo, movie=early.movie, starts_at=early.starts_at + timedelta(hours=2))
    listed(theatre=apollo, movie=MovieFactory(title="Amour"), starts_at=early.starts_at + timedelta(hours=1))

    on = programme(Filters(), [zenith, apollo])

    assert titles(on) == ["Zorro", "Amour"]
    assert [showing.theatre.name for showing in on.films[0].showings] == ["Apollo", "Zenith"]


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/New_York"])
def test_a_part_of_the_day_is_by_the_clock_of_the_theatre(zone):
    theatre = TheatreFactory(time_zone=zone)
    day = theatre.trading_day(timezone.now()) + timedelta(days=2)
    for begins in map(time, (5, 11, 12, 16, 17, 20, 21, 4), (0, 59) * 4):
        night = timedelta(days=begins < DAY_STARTS)
        listed(theatre=theatre, trading_day=day, starts_at=local_moment(day + night, begins, theatre))

    def begun(part: str) -> list[str]:
        on = programme(Filters(time=part), [theatre])
        return [f"{show.starts_at.astimezone(theatre.tz):%H:%M}" for film in on.films for show in film.shows]

    assert begun("morning") == ["05:00", "11:59"]
    assert begun("afternoon") == ["12:00", "16:59"]
    assert begun("evening") == ["17:00", "20:59", "21:00", "04:59"]
    assert begun("late") == ["21:00", "04:59"]


def test_a_day_without_shows_at_that_time_is_left_out(galaxy):
    day = galaxy.trading_day(timezone.now()) + timedelta(days=1)
    listed(theatre=galaxy, trading_day=day, starts_at=local_moment(day, time(10), galaxy))
    late = day + timedelta(days=1)
    listed(theatre=galaxy, trading_day=late, starts_at=local_moment(late, time(23), galaxy))

    assert programme(Filters(time="late"), [galaxy]).days == [late]


@pytest.mark.parametrize("wish", ["city", "theatre", "language", "genre", "format", "label", "season", "q"])
def test_every_filter_keeps_only_matching_shows(wish):
    theatre, tamil = TheatreFactory(city="Pune"), LanguageFactory(code="ta", name="Tamil")
    wanted = listed(theatre=theatre, language=tamil, format=Show.Format.IMAX, movie=MovieFactory(title="Roja Returns"))
    wanted.movie.genres.add(GenreFactory(name="Romance"))
    Show.objects.filter(pk=wanted.pk).update(labels=" hearing-loop premiere ")
    other = listed()
    other.movie.genres.add(GenreFactory(name="Drama"))
    wishes = {
        "city": "Pune", "theatre": theatre, "language": "ta", "genre": "romance", "format": "IMAX", "q": "roja RETURN",
        "label": "premiere", "season": season(wanted.movie),
    }  # fmt: skip

    assert list(matching_shows(Filters(**{wish: wishes[wish]}))) == [wanted]


def test_a_search_finds_films_of_any_day_by_either_title_and_shows_their_next_days(galaxy):
    movie = MovieFactory(title="The Apu Story", original_title="Apur Sansar")
    for day in range(1, 7):
        listed(theatre=galaxy, movie=movie, days=day)

    on = programme(Filters(q="sansar"), [galaxy])

    assert titles(on) == ["The Apu Story"]
    assert (on.day, len(on.films[0].showings)) == (None, 2)


@pytest.mark.parametrize(
    ("film", "typed"),
    [
        ({"title": "Amélie"}, "amelie"),
        ({"title": "Amélie"}, "AMÉLIE"),
        ({"title": "Barry Lyndon", "director": "Stanley Kubrick"}, "kubrick"),
        ({"title": "In the Mood for Love", "director": "Wong Kar-wai"}, "wong kar-wai"),
        ({"title": "Amour", "cast": ["Emmanuelle Riva", "Jean-Louis Trintignant"]}, "riva trint"),
        ({"title": "Österreich"}, "österreich"),
        ({"title": "Österreich"}, "oesterreich"),
        ({"title": "Leviathan", "original_title": "Левиафан"}, "левиафан"),
        ({"title": "Spirited Away", "original_title": "千と千尋の神隠し"}, "千尋"),
    ],
    ids=lambda value: value if isinstance(value, str) else value["title"],
)
def test_a_search_finds_titles_and_people_however_they_are_typed(galaxy, film, typed):
    listed(theatre=galaxy, movie=MovieFactory(**film))
    listed(theatre=galaxy, movie=MovieFactory(title="Sholay", director="Ramesh Sippy"))

    assert titles(programme(Filters(q=typed), [galaxy])) == [film["title"]]


def test_only_genres_and_languages_with_coming_shows_are_offered(galaxy):
    show = listed(theatre=galaxy)
    show.movie.genres.add(GenreFactory(name="Drama"))
    GenreFactory(name="Western")
    LanguageFactory(code="fr", name="French")

    options = filter_options()

    assert (options.genres, options.languages) == ({"drama": "Drama"}, {"hi": "Hindi"})
    assert options.cities == ["Mumbai"]


def test_a_film_with_two_languages_has_versions(galaxy):
    show = listed(theatre=galaxy)
    assert not programme(Filters(), [galaxy]).films[0].has_versions

    listed(theatre=galaxy, movie=show.movie, subtitles=LanguageFactory(code="en", name="English"))
    assert programme(Filters(), [galaxy]).films[0].has_versions


def test_the_shows_of_a_film_start_with_the_chosen_city():
    movie = MovieFactory()
    listed(theatre=TheatreFactory(city="Agra"), movie=movie)
    listed(theatre=TheatreFactory(city="Pune"), movie=movie)
    listed(theatre=TheatreFactory(city="Delhi"), movie=movie)

    found = places(shows_of(movie), first_city="Pune")

    assert [place.theatre.city for place in found] == ["Pune", "Agra", "Delhi"]


def test_without_data_the_programme_is_empty():
    on = programme(Filters(), [])

    assert (on.films, on.next_day) == ([], None)


def test_a_film_names_its_next_days_under_the_same_filters(galaxy):
    film, banyan = MovieFactory(), TheatreFactory(city="Mumbai")
    days = [listed(theatre=galaxy, movie=film, days=n).trading_day for n in (0, 1, 3, 4, 6, 9)]
    there = listed(theatre=banyan, movie=film, days=2).trading_day
    listed(theatre=galaxy, movie=MovieFactory(), days=5)
    double_bill(second=film, screen=ScreenFactory(theatre=galaxy), starts_at=local_moment(days[1], time(20), galaxy))

    def later(**filters) -> list:
        [on] = programme(Filters(**filters), [galaxy, banyan]).films
        return list(on.later)

    assert later() == sorted([*days[1:4], there])
    assert later(theatre=galaxy) == days[1:5]
    assert later(theatre=galaxy, day=days[4]) == days[5:]
    assert later(day=days[5]) == later(q=film.title) == []
