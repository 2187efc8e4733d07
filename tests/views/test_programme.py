"""The front page: filters, addresses, the remembered city, and its few queries."""

import re
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cinema.models import Seat, Show, Theatre
from cinema.services.prices.repricing import reprice_coming
from cinema.services.schedule.showtimes import local_moment
from tests.factories import (
    GenreFactory,
    LanguageFactory,
    MovieFactory,
    ScreenFactory,
    ShowFactory,
    TheatreFactory,
    UserFactory,
    in_the_afternoon,
    listed,
    on_card,
    season,
    seat_ids,
    zone_at,
)

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def galaxy():
    return TheatreFactory(name="Galaxy", slug="galaxy", city="Mumbai")


def get(client, query="", **headers):
    return client.get(f"{reverse('programme')}{query}", **headers)


def text(response):
    return response.content.decode()


def test_the_page_names_films_times_and_theatres(client, galaxy):
    movie = MovieFactory(title="Mandi", certificate="A", runtime=129)
    movie.genres.add(GenreFactory(name="Comedy"))
    show = listed(theatre=galaxy, movie=movie, format=Show.Format.IMAX)

    page = text(get(client))

    for part in ("Mandi", "2 h 9 min", "Comedy", "Hindi", "Galaxy", "IMAX", show.get_absolute_url()):
        assert part in page


@pytest.mark.parametrize(("free", "words"), [(0, "sold out"), (8, "few left"), (10, "few left"), (11, "")])
def test_a_show_has_its_occupancy_in_words(client, galaxy, free, words):
    listed(theatre=galaxy, seats_total=100, seats_free=free)

    page = text(get(client))

    assert [w for w in ("sold out", "few left") if w in page] == ([words] if words else [])


def test_a_show_names_its_lowest_price_with_the_fee_per_ticket(client, galaxy):
    show = on_card(screen=ScreenFactory(theatre=galaxy, plan="aabb"), adult=180)
    assert said_of(client, show) == ["18:00", "from ₹180", "few left"]

    Theatre.objects.update(web_fee=20)
    assert said_of(client, show) == ["18:00", "from ₹200", "few left"]

    Seat.objects.filter(category__rank=2).update(retired_at=timezone.now())
    assert said_of(client, show) == ["18:00", "₹200", "few left"]


def test_a_new_price_of_a_show_is_shown_at_once(client, galaxy):
    show = on_card(screen=ScreenFactory(theatre=galaxy, plan="aaaa"), adult=180)
    assert said_of(client, show) == ["18:00", "₹180", "few left"]

    card = show.price_card
    card.prices.update(amount=0)
    reprice_coming(theatre=galaxy, card_id=card.pk, version=card.version, user=None)

    assert said_of(client, show) == ["18:00", "free", "few left"]


@pytest.mark.parametrize("change", [{"seats_free": 0}, {"sales_end_at": timezone.now() - timedelta(minutes=1)}])
def test_a_show_that_is_sold_out_or_off_sale_names_no_price(client, galaxy, change):
    show = on_card(screen=ScreenFactory(theatre=galaxy, plan="aaaa"), adult=180)
    Show.objects.filter(pk=show.pk).update(**change)

    assert "₹180" not in " ".join(said_of(client, show))


def said_of(client, show) -> list[str]:
    """What the programme says of the show, part by part, but when doors open, and the film begins and ends."""
    page = text(get(client, f"?day={show.trading_day}"))
    [chip] = re.findall(rf'<a class="chip[^>]*href="{show.get_absolute_url()}">(.*?)</a>', page, re.DOTALL)
    parts = [part.strip() for part in re.findall(r">([^<]+)<", chip)]
    return [part for part in parts if part and not part.startswith(("doors ", "film "))]


def test_a_show_after_midnight_names_its_night(client, galaxy):
    day = galaxy.trading_day(timezone.now()) + timedelta(days=1)
    saturday = day + timedelta(days=(5 - day.weekday()) % 7 or 7)
    listed(
        theatre=galaxy, starts_at=local_moment(saturday, time(0, 30), galaxy), trading_day=saturday - timedelta(days=1)
    )

    page = text(get(client, f"?day={saturday - timedelta(days=1)}"))

    assert "00:30" in page
    assert "Fri night, after midnight" in page


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("?city=Atlantis", "There is no theatre in “Atlantis”"),
        ("?theatre=odeon", "There is no theatre called “odeon”"),
        ("?day=soon", "We couldn’t read the day"),
        ("?day=2026-02-31", "We couldn’t read the day"),
        ("?day=1999-12-31", "Friday 31 December 1999 is over"),
        ("?language=xx", "No upcoming shows in “xx”"),
        ("?genre=%00", "No upcoming “"),
        ("?format=8D", "There is no format “8D”"),
        ("?q=%00", "Null characters"),
        ("?q=" + "x" * 101, "at most 100 characters"),
    ],
)
def test_what_cannot_be_understood_gets_a_note_and_the_rest_of_the_programme(client, galaxy, query, note):
    listed(theatre=galaxy, movie=MovieFactory(title="Mandi"))

    response = get(client, query)

    assert response.status_code == 200
    assert note in text(response)
    assert "Mandi" in text(response)


def test_a_theatre_of_another_city_gives_way_to_the_city(client, galaxy):
    pune = TheatreFactory(name="Deccan", city="Pune")
    listed(theatre=pune, movie=MovieFactory(title="Sairat"))

    page = text(get(client, "?city=Pune&theatre=galaxy"))

    assert "Galaxy is not in Pune" in page
    assert "Sairat" in page


def test_an_empty_day_offers_the_next_one_with_shows(client, galaxy):
    soon = listed(theatre=galaxy, days=1)
    later = listed(theatre=galaxy, days=4)
    empty = soon.trading_day + timedelta(days=1)

    page = text(get(client, f"?city=Mumbai&day={empty}"))

    assert "No matching shows on" in page
    assert f'href="/?city=Mumbai&amp;day={later.trading_day}"' in page


def test_where_nothing_matches_each_filter_can_be_removed(client, galaxy):
    listed(theatre=galaxy, movie=MovieFactory(title="Mandi"), language=LanguageFactory())

    page = text(get(client, "?theatre=galaxy&language=hi&format=IMAX"))

    assert "No matching shows today or on any later date" in page
    for address in (
        "/?language=hi&amp;format=IMAX&amp;city=Mumbai",
        "/?theatre=galaxy&amp;format=IMAX",
        "/?theatre=galaxy&amp;language=hi",
    ):
        assert f'class="chip" href="{address}"' in page
    assert "Mandi" in text(get(client, "?theatre=galaxy&language=hi"))


def test_see_everything_leaves_the_city_out_too(client, galaxy):
    listed(theatre=galaxy)

    assert '<a class="btn" href="/?city=all">See everything</a>' in text(get(client, "?city=Mumbai&format=IMAX"))


def test_a_film_in_another_city_is_named_with_the_way_to_it(client, galaxy):
    listed(theatre=galaxy)
    listed(theatre=TheatreFactory(city="Pune"), movie=MovieFactory(title="Sairat"))

    page = text(get(client, "?q=sairat&city=Mumbai"))

    assert "No shows of “sairat” here" in page
    assert '<a href="/movies/sairat' in page
    assert 'href="/?q=sairat&amp;city=all"' in page


def test_a_film_without_shows_is_found_in_the_library(client, galaxy):
    listed(theatre=galaxy)
    MovieFactory(title="Solaris", slug="solaris-1972")

    page = text(get(client, "?q=solaris"))

    assert "No shows of “solaris” at the moment" in page
    assert re.search(r'<a href="/movies/solaris-1972/">\s*<img [^>]*>\s*Solaris\s*</a>', page)


@pytest.mark.parametrize("typed", ["seven samrai", "sevn samurai", "sevensamurai", "samuraj", "kurosava"])
def test_a_misspelt_title_offers_the_nearest_films_on_the_programme(client, galaxy, typed):
    movie = MovieFactory(title="Seven Samurai", slug="seven-samurai-1954", director="Akira Kurosawa")
    for film in (movie, MovieFactory(title="Seven Brides for Seven Brothers")):
        listed(theatre=galaxy, movie=film)

    page = text(get(client, f"?q={typed}"))

    assert f"No film found for “{typed}”" in page
    assert "Did you mean:" in page
    assert page.index('<a href="/movies/seven-samurai-1954/">') < page.find("Seven Brides") % len(page)


@pytest.mark.parametrize("typed", ["zzz", "qwertyuiop", "%", "!!!", "x" * 100])
def test_what_is_like_no_title_finds_nothing_and_says_what_helps(client, galaxy, typed):
    listed(theatre=galaxy)

    page = text(get(client, f"?q={typed}"))

    assert f"No film found for “{typed}”" in page
    assert "Try another word from the title" in page
    assert 'class="film"' not in page
    assert page.count('<ul class="film-links') == 1  # what is on


def test_a_form_sent_without_javascript_leads_to_the_short_address(client, galaxy):
    response = get(client, "?q=&city=Mumbai&theatre=&genre=&language=&format=IMAX")

    assert (response.status_code, response.url) == (302, "/?city=Mumbai&format=IMAX")


def test_htmx_gets_the_part_below_the_filters_and_the_short_address(client, galaxy):
    listed(theatre=galaxy, movie=MovieFactory(title="Mandi"))

    response = get(client, "?q=&city=Mumbai&theatre=galaxy&genre=", **HTMX)

    assert response["HX-Push-Url"] == "/?theatre=galaxy"
    assert "HX-Request" in response["Vary"]
    assert "Mandi" in text(response)
    assert "<html" not in text(response)


def test_the_city_is_stored_for_a_year_or_until_all_are_chosen(client, galaxy):
    listed(theatre=galaxy, movie=MovieFactory(title="Mandi"))
    listed(theatre=TheatreFactory(city="São Paulo"), movie=MovieFactory(title="Bacurau"))

    cookie = get(client, "?city=São Paulo").cookies["city"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (31_536_000, True, "Lax")

    page = text(get(client))
    assert "Bacurau" in page
    assert "Mandi" not in page

    get(client, "?city=all")
    assert "Mandi" in text(get(client))


def test_a_stored_city_without_theatres_is_deleted(client, galaxy):
    client.cookies["city"] = "Atlantis"
    listed(theatre=galaxy, movie=MovieFactory(title="Mandi"))

    assert "Mandi" in text(get(client))


def test_a_title_is_never_markup(client, galaxy):
    listed(theatre=galaxy, movie=MovieFactory(title="<b>Bold</b>", slug="bold"))

    page = text(get(client, "?q=<b>bold</b>"))

    assert "<b>Bold" not in page
    assert "&lt;b&gt;Bold" in page


def test_at_most_ten_queries_however_many_films_and_shows(client, galaxy):
    show = ShowFactory(screen__theatre=galaxy)
    client.force_login(UserFactory())
    client.post(reverse("show-hold", args=[show.pk]), {"seats": seat_ids(show, "A1")})
    counts = {}
    for number in (1, 3, 30):
        while Show.objects.count() <= number:
            language = LanguageFactory(code=f"x{number}", name=f"Language {number}")
            extra = listed(theatre=TheatreFactory(), language=language, subtitles=language)
            extra.movie.genres.add(GenreFactory(name=f"Genre {extra.pk}"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = text(get(client))
        assert "1 seat for" in page
        assert page.count('class="film"') == number
        counts[number] = len(queries)

    assert set(counts.values()) == {10}


def test_a_visitor_without_cookies_causes_no_query_about_users(client, galaxy, django_assert_num_queries):
    listed(theatre=galaxy)

    with django_assert_num_queries(6):
        get(client)


def test_a_search_takes_fewer_queries(client, galaxy, django_assert_num_queries):
    for _ in range(3):
        listed(theatre=galaxy)

    with django_assert_num_queries(5):
        get(client, "?q=film")


def test_a_search_that_finds_nothing_takes_three_queries_more(client, galaxy, django_assert_num_queries):
    for _ in range(3):
        listed(theatre=galaxy)

    with django_assert_num_queries(6):
        get(client, "?q=zzz")


def test_an_unknown_city_shows_every_city_whatever_the_cookie_says(client, galaxy):
    client.cookies["city"] = "Mumbai"
    listed(theatre=TheatreFactory(city="Pune"), movie=MovieFactory(title="Sairat"))

    assert "Sairat" in text(get(client, "?city=Atlantis"))


def test_tonight_is_a_tab_beside_today(client):
    today = listed(theatre=TheatreFactory(time_zone=in_the_afternoon())).trading_day

    page = get(client)
    tonight = get(client, page.context["tonight_url"].removeprefix(reverse("programme")))

    assert page.context["tonight_url"] == f"{reverse('programme')}?time=evening&day={today}"
    assert 'id="day-tonight"' in text(page)
    assert tonight.context["tonight"]
    assert tonight.context["days"][0].url == reverse("programme")
    assert re.search(r'<h1 id="programme-title">\s*Tonight', text(tonight))
    assert re.search(r'id="day-tonight"[^>]*aria-current="date"', text(tonight))


@pytest.mark.parametrize(
    ("hour", "names"), [(1, ["Tonight", "Today", "Tomorrow"]), (14, ["Today", "Tomorrow"]), (5, ["Today", "Tomorrow"])]
)
def test_days_are_named_by_the_clock_of_the_theatre_after_midnight_too(client, hour, names):
    theatre, movie = TheatreFactory(slug="galaxy", time_zone=zone_at(hour)), MovieFactory(title="Mandi", slug="mandi")
    shows = [listed(theatre=theatre, movie=movie, days=day) for day in range(len(names) + 1)]
    season(movie, title="Parallel cinema")

    def named(url):
        page = re.sub(r"<title>.*?</title>|<[^>]+>", " ", text(client.get(url)))
        return list(dict.fromkeys(re.findall("|".join(names), page)))

    pages = [("theatre", "galaxy"), ("embed",), ("movie", "mandi"), ("season", "parallel-cinema"), ("programme",)]
    for name, *slug in pages:
        assert named(reverse(name, args=slug)) == names
    assert named(f"{reverse('programme')}?q=mandi") == names[:2]  # the days of a search
    late = client.get(reverse("programme"), {"day": shows[-2].trading_day})
    assert re.search(rf'<h1 id="programme-title">\s*{names[-1]}', text(late))


def test_after_midnight_the_evening_is_the_day_itself(client):
    listed(theatre=TheatreFactory(time_zone=zone_at(1)))

    page = get(client)
    evening = get(client, "?time=evening")

    assert (page.context["tonight_url"], "day-tonight" in text(page)) == ("", False)
    assert re.search(r'<h1 id="programme-title">\s*Tonight', text(page))
    assert evening.context["days"][0].is_current


def test_a_season_is_a_filter_like_the_others(client, galaxy):
    ran, other = (listed(theatre=galaxy, movie=MovieFactory(title=title)) for title in ("Ran", "Sholay"))
    assert "id_season" not in text(get(client))
    found = season(ran.movie, title="Kurosawa season", title_translations={"de": "Kurosawa-Reihe"})

    page, wrong = get(client, f"?season={found.slug}"), get(client, "?season=gone")

    assert [film.movie.title for film in page.context["programme"].films] == ["Ran"]
    assert page.context["chosen_filters"] == [("Kurosawa season", reverse("programme"))]
    assert (page.context["canonical"], page.context["folded"]) == (reverse("programme"), 1)
    assert f'<option value="{found.slug}" selected>Kurosawa season</option>' in text(page)
    assert "“gone” is not a current season. Showing all films." in text(wrong)
    assert "Kurosawa-Reihe</option>" in text(client.get(f"/de/?season={found.slug}"))
    assert not get(client, f"?season={found.slug}&theatre={TheatreFactory().slug}").context["programme"].films
    assert other.get_absolute_url() not in text(page)


def test_seasons_are_offered_at_their_own_theatre_only(client, galaxy):
    banyan, plaza = TheatreFactory(city="Mumbai"), TheatreFactory(city="Pune")
    show = listed(theatre=galaxy)
    for title, theatre in {"Here": galaxy, "There": plaza, "Everywhere": None, "Near": banyan}.items():
        season(show.movie, title=title, theatre=theatre)

    def offered(query):
        return [str(name) for _slug, name in get(client, query).context["form"].fields["season"].choices[1:]]

    assert offered("") == ["Everywhere", "Here", "Near", "There"]
    assert offered("?city=Mumbai") == ["Everywhere", "Here", "Near"]
    assert offered("?theatre=galaxy") == ["Everywhere", "Here"]
    assert offered("?theatre=galaxy&season=there") == ["Everywhere", "Here", "There"]


def test_a_season_takes_no_more_statements_than_all_films(client, galaxy):
    shows = [listed(theatre=galaxy, days=day) for day in (0, 0, 1)]
    found = season(*(show.movie for show in shows), theatre=galaxy, weekdays=list(range(7)))
    get(client)  # reads the seasons

    with CaptureQueriesContext(connection) as plain:
        get(client)
    with CaptureQueriesContext(connection) as filtered:
        page = get(client, f"?season={found.slug}")

    assert len(page.context["programme"].films) == 2
    assert len(filtered) == len(plain)


def test_a_time_of_day_can_be_removed_and_a_wrong_one_is_ignored_with_a_note(client, galaxy):
    day = galaxy.trading_day(timezone.now()) + timedelta(days=1)
    listed(theatre=galaxy, trading_day=day, starts_at=local_moment(day, time(10), galaxy))

    late, wrong = get(client, "?time=late"), get(client, "?time=brunch")

    assert [label for label, _url in late.context["chosen_filters"]] == ["Late evening"]
    assert "No matching shows today or on any later date" in text(late)
    assert "“brunch” is not a time of day. Showing all times." in text(wrong)
    assert len(wrong.context["programme"].films) == 1
