"""A film's page."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cinema.models import Theatre
from tests.factories import (
    GenreFactory,
    LanguageFactory,
    MovieFactory,
    ShowFactory,
    TheatreFactory,
    UserFactory,
    double_bill,
    in_the_afternoon,
    listed,
    on_card,
    seat_ids,
)
from tests.views.browsers import text

pytestmark = pytest.mark.django_db


def get(client, movie, query="", **headers):
    return client.get(movie.get_absolute_url() + query, **headers)


def test_the_page_shows_all_data_of_the_film(client):
    movie = MovieFactory(
        title="Mandi",
        original_title="मंडी",
        certificate="A",
        runtime=167,
        director="Shyam Benegal",
        cast=["Shabana Azmi", "Smita Patil"],
        synopsis="A house in the market.",
        year=1983,
        rating="7.8",
    )
    movie.genres.add(GenreFactory(name="Comedy"))
    movie.languages.add(LanguageFactory())

    page = get(client, movie).content.decode()

    for part in ("Mandi", "मंडी", "2 h 47 min", "Shyam Benegal", "Shabana Azmi, Smita Patil", "A house", "1983",
                 "7.8 of 10", "Comedy", "Hindi", "No shows are planned"):  # fmt: skip
        assert part in page


def test_a_film_with_a_title_in_another_script_has_a_page(client):
    assert get(client, MovieFactory(title="मंडी", slug="मंडी-1983")).status_code == 200


def test_the_stored_city_comes_first(client):
    movie = MovieFactory()
    listed(movie=movie, theatre=TheatreFactory(name="Taj", city="Agra"))
    listed(movie=movie, theatre=TheatreFactory(name="Deccan", city="Pune"))
    client.cookies["city"] = "Pune"

    _, page = get(client, movie).content.decode().split("<main")

    assert page.index("Deccan") < page.index("Taj")


def test_a_day_can_be_chosen(client):
    movie, theatre = MovieFactory(), TheatreFactory()
    today, later = listed(movie=movie, theatre=theatre), listed(movie=movie, theatre=theatre, days=2)

    page = get(client, movie, f"?day={later.trading_day}", HTTP_HX_REQUEST="true").content.decode()

    assert later.get_absolute_url() in page
    assert today.get_absolute_url() not in page
    assert "<html" not in page


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("?day=never", "We couldn’t read the day"),
        ("?day=1999-12-31", "Friday 31 December 1999 is over"),
        ("?day=2999-12-31", "No shows of this film on that day"),
    ],
)
def test_a_day_without_shows_gets_a_note_and_every_day(client, query, note):
    show = listed()

    page = get(client, show.movie, query).content.decode()

    assert note in page
    assert show.get_absolute_url() in page


def test_an_unknown_film_is_not_found(client):
    assert client.get(reverse("movie", args=["nothing"])).status_code == 404


def test_at_most_nine_queries_however_many_shows(client):
    show = ShowFactory()
    client.force_login(UserFactory())
    client.post(reverse("show-hold", args=[show.pk]), {"seats": seat_ids(show, "A1")})
    show.movie.genres.add(GenreFactory())
    counts = {}
    for number in (1, 3, 30):
        while show.movie.shows.count() < number:
            listed(movie=show.movie, days=number)
        with CaptureQueriesContext(connection) as queries:
            page = get(client, show.movie).content.decode()
        assert page.count('class="chip"') == number
        counts[number] = len(queries)

    assert set(counts.values()) == {9}


def test_a_show_names_its_lowest_price_to_people_and_search_engines(client):
    show = on_card(plan="aabb", adult=180)
    Theatre.objects.update(web_fee=20)

    page = get(client, show.movie).content.decode()

    assert "<span>from ₹200</span>" in page
    assert '"lowPrice": "200.00"' in page


def test_the_days_are_named_as_on_the_programme_and_only_where_there_is_a_choice(client):
    movie = MovieFactory()
    theatre = TheatreFactory(time_zone=in_the_afternoon())
    listed(movie=movie, theatre=theatre)
    assert 'id="day-all"' not in get(client, movie).content.decode()

    later = listed(movie=movie, theatre=theatre, days=1)

    page = text(get(client, movie))
    assert "All 2 dates" in page
    assert f"Tomorrow {later.trading_day.day}" in page


def test_the_age_certificate_is_explained(client):
    assert "UA 16+ : Parents decide for children under 16." in text(get(client, MovieFactory(certificate="UA 16+")))


def test_an_original_title_names_its_language(client):
    thai = LanguageFactory(code="th", name="Thai")
    movie = MovieFactory(original_title="ลุงบุญมีระลึกชาติ", original_language=thai)
    movie.languages.add(thai, LanguageFactory())

    assert re.search(r'<bdi lang="th">\s*ลุงบุญมีระลึกชาติ\s*</bdi>', get(client, movie).content.decode())


def test_the_page_of_a_film_is_in_its_language(client):
    movie = MovieFactory(title="The Boat", title_translations={"de": "Das Boot"}, synopsis="Deep down.")

    page = client.get("/de" + movie.get_absolute_url()).content.decode()

    assert "<h1>Das Boot</h1>" in page
    assert '<p lang="en" dir="ltr">Deep down.</p>' in page
    assert '"name": "Das Boot"' in page  # in its JSON-LD
    assert "<h1>The Boat</h1>" in get(client, movie).content.decode()


def test_content_notes_and_trailer_are_a_click_away(client):
    movie = MovieFactory(
        content_notes="Grief & <loss>",
        content_notes_translations={"de": "Trauer"},
        trailer_url="https://www.example.org/watch?v=1&t=2",
    )

    page = get(client, movie).content.decode()
    [notes] = re.findall(r"<details[^>]*>.*?</details>", page, re.DOTALL)
    assert "Grief &amp; &lt;loss&gt;" in notes and " open" not in notes
    [link] = re.findall(r'<a[^>]*href="https://www.example.org/watch\?v=1&amp;t=2"[^>]*>.*?</a>', page, re.DOTALL)
    assert "on example.org" in link and "noreferrer" in link
    assert page.count("example.org") == 2  # nothing is loaded from there
    assert "Trauer" in client.get("/de" + movie.get_absolute_url()).content.decode()


def test_content_notes_are_folded_on_the_seat_map_too(client):
    notes = {"content_notes": "Grief & <loss>", "content_notes_translations": {"de": "Trauer"}}
    show = ShowFactory(movie=MovieFactory(title="Mandi", **notes))
    double = double_bill(second=show.movie)

    folded = r'<details class="show-notes">\s*<summary>\s*(.*?)\s*</summary>\s*<p>(.*?)</p>'
    texts = "Grief &amp; &lt;loss&gt;"
    assert re.findall(folded, get(client, show).content.decode()) == [("Content notes", texts)]
    assert re.findall(folded, get(client, double).content.decode()) == [("Content notes: Mandi", texts)]
    assert "Trauer" in client.get("/de" + show.get_absolute_url()).content.decode()
    assert "show-notes" not in get(client, ShowFactory()).content.decode()


def test_a_film_without_notes_and_trailer_names_none_and_other_links_are_none(client):
    page = get(client, MovieFactory(trailer_url="javascript:alert(1)")).content.decode()
    assert "Content notes" not in page and "trailer" not in page and "javascript:" not in page
