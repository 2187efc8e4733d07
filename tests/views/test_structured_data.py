"""The data of films, shows and theatres for search engines, read by schema.org's vocabulary."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cinema.models import Show
from tests.factories import LanguageFactory, MovieFactory, ShowFactory, TheatreFactory, listed, sold
from tests.views.schema_org import complaints, the, things

pytestmark = pytest.mark.django_db

SITE = "http://testserver"


@pytest.fixture
def galaxy():
    return TheatreFactory(name="Galaxy", slug="galaxy", address="5 Marine Drive", city="Mumbai", doors=20)


@pytest.fixture
def mandi():
    return MovieFactory(title="Mandi", runtime=129, certificate="A", director="Shyam Benegal", cast=["Shabana Azmi"])


def read(client, url: str, *, status: int = 200) -> list[dict]:
    """The things on a page, which are all understood."""
    response = client.get(url)
    assert response.status_code == status
    found = things(response.content.decode())
    assert complaints(found) == []
    return found


@pytest.mark.parametrize(
    ("thing", "complaint"),
    [
        ({"@type": "Cinema"}, "Cinema is no class"),
        ({"@type": "Movie", "name": "Mandi"}, "Movie has no image"),
        ({"@type": "ListItem", "position": 1}, "ListItem leads nowhere"),
        ({"@type": "Person", "name": "Asha", "doorTime": "2026-11-29T18:00+05:30"}, "Person has no property doorTime"),
        ({"@type": "Person", "name": {"@id": "http://nowhere/"}}, "name names http://nowhere/, which is not there"),
        ({"@type": "Offer", "url": "/7/", "availability": "https://schema.org/SoldOut"}, "url cannot be '/7/'"),
        ({"@type": "Offer", "url": "http://a/", "availability": "SoldOut"}, "availability cannot be 'SoldOut'"),
        (
            {"@type": "Offer", "url": "http://a/", "availability": "https://schema.org/SoldOut", "validFrom": "today"},
            "validFrom cannot be 'today'",
        ),
    ],
)
def test_the_reader_finds_what_is_wrong(thing, complaint):
    assert complaints([thing]) == [complaint]


def test_a_film_is_described(client, mandi):
    film = the("Movie", read(client, mandi.get_absolute_url()))

    assert film["@id"] == SITE + mandi.get_absolute_url()
    assert (film["name"], film["duration"], film["contentRating"]) == ("Mandi", "PT129M", "A")
    assert film["director"]["name"] == "Shyam Benegal"
    assert [actor["name"] for actor in film["actor"]] == ["Shabana Azmi"]


@pytest.mark.parametrize("page", ["film", "show"])
def test_a_show_says_what_it_shows_where_when_and_in_which_version(client, galaxy, mandi, page):
    show = ShowFactory(
        screen__theatre=galaxy, movie=mandi, subtitles=LanguageFactory(code="en", name="English"), trailers=15
    )

    event = the("ScreeningEvent", read(client, (mandi if page == "film" else show).get_absolute_url()))

    start = show.starts_at.astimezone(galaxy.tz)
    assert event["url"] == SITE + show.get_absolute_url()
    assert event["startDate"] == start.isoformat()
    assert event["startDate"].endswith("+05:30")
    assert event["endDate"] == (start + timedelta(minutes=15 + 129)).isoformat()
    assert event["doorTime"] == (start - timedelta(minutes=20)).isoformat()
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    assert event["workPresented"]["name"] == "Mandi"
    assert event["location"]["name"] == event["organizer"]["name"] == "Galaxy"
    assert (event["videoFormat"], event["inLanguage"], event["subtitleLanguage"]) == ("2D", "hi", "en")


@pytest.mark.parametrize("page", ["film", "show"])
def test_a_show_that_was_moved_says_from_when(client, galaxy, mandi, page):
    show = ShowFactory(screen__theatre=galaxy, movie=mandi)
    before = show.starts_at - timedelta(hours=1)
    Show.objects.update(moved_from=before)

    event = the("ScreeningEvent", read(client, (mandi if page == "film" else show).get_absolute_url()))

    assert event["eventStatus"] == "https://schema.org/EventRescheduled"
    assert event["previousStartDate"] == before.astimezone(galaxy.tz).isoformat()


@pytest.mark.parametrize("page", ["film", "show"])
def test_a_show_says_what_makes_it_accessible_and_what_is_a_hazard(client, mandi, page):
    show = ShowFactory(movie=mandi, labels=" audio-description open-captions strobe ", label_note="In 35 mm")

    found = read(client, (mandi if page == "film" else show).get_absolute_url())

    event = next(thing for thing in found if thing["@type"] == "ScreeningEvent")
    version = event["workPresented"]
    assert version["accessibilityFeature"] == ["audioDescription", "openCaptions"]
    assert version["accessibilityHazard"] == "flashing"
    assert version["exampleOfWork"] == {"@id": SITE + mandi.get_absolute_url()}
    assert event["description"] == "Audio description · Open captions · Flashing lights · In 35 mm"


@pytest.mark.parametrize("page", ["film", "show"])
def test_a_show_offers_its_tickets_at_the_prices_of_the_page(client, galaxy, mandi, page):
    galaxy.web_fee = 20
    galaxy.save()
    show = ShowFactory(screen__theatre=galaxy, screen__plan="aabb", movie=mandi, price=250)

    event = the("ScreeningEvent", read(client, (mandi if page == "film" else show).get_absolute_url()))

    assert event["offers"] == {
        "@type": "AggregateOffer",
        "url": SITE + show.get_absolute_url(),
        "availability": "https://schema.org/InStock",
        "lowPrice": "270.00",
        "highPrice": "370.00",
        "priceCurrency": "INR",
        "validThrough": show.sales_end_at.astimezone(galaxy.tz).isoformat(),
    }


@pytest.mark.parametrize("page", ["film", "show"])
def test_a_sold_out_show_is_marked(client, galaxy, mandi, page):
    show = ShowFactory(screen__theatre=galaxy, screen__plan="aa", movie=mandi)
    sold(show, "A1 A2")

    event = the("ScreeningEvent", read(client, (mandi if page == "film" else show).get_absolute_url()))

    assert event["offers"]["availability"] == "https://schema.org/SoldOut"


def test_a_show_that_can_be_booked_later_says_from_when(client, galaxy, mandi):
    begin = timezone.now() + timedelta(hours=2)
    listed(theatre=galaxy, movie=mandi, sales_start_at=begin)

    offer = the("ScreeningEvent", read(client, mandi.get_absolute_url()))["offers"]

    assert offer["availability"] == "https://schema.org/PreOrder"
    assert offer["validFrom"] == begin.astimezone(galaxy.tz).isoformat()


@pytest.mark.parametrize(
    "closed", [{"sales_end_at": timezone.now() - timedelta(minutes=1)}, {"PAYMENT_GATEWAYS": {}}], ids=["late", "never"]
)
def test_what_is_not_sold_online_is_sold_at_the_box_office(client, galaxy, mandi, settings, closed):
    settings.PAYMENT_GATEWAYS = closed.pop("PAYMENT_GATEWAYS", settings.PAYMENT_GATEWAYS)
    listed(theatre=galaxy, movie=mandi, **closed)

    offer = the("ScreeningEvent", read(client, mandi.get_absolute_url()))["offers"]

    assert offer["availability"] == "https://schema.org/InStoreOnly"


def test_a_cancelled_show_says_so_and_offers_nothing(client, galaxy):
    show = listed(theatre=galaxy, status=Show.Status.CANCELLED)

    event = the("ScreeningEvent", read(client, show.get_absolute_url()))

    assert event["eventStatus"] == "https://schema.org/EventCancelled"
    assert "offers" not in event


def test_a_theatre_of_many_shows_is_described_once(client, galaxy, mandi):
    for _ in range(3):
        listed(theatre=galaxy, movie=mandi)
    listed(movie=mandi)

    found = read(client, mandi.get_absolute_url())

    assert [thing["@type"] for thing in found].count("ScreeningEvent") == 4
    assert [thing["@type"] for thing in found].count("MovieTheater") == 2


def test_a_theatre_has_an_address(client, galaxy):
    galaxy.screens.create(name="Closed", retired_at=timezone.now())
    galaxy.screens.create(name="Open")

    theatre = the("MovieTheater", read(client, galaxy.get_absolute_url()))

    assert theatre["screenCount"] == 1
    assert theatre["address"] == {
        "@type": "PostalAddress",
        "streetAddress": "5 Marine Drive",
        "addressLocality": "Mumbai",
    }


def test_the_programme_lists_the_films_of_the_day_by_their_pages(client, galaxy, mandi):
    listed(theatre=galaxy, movie=mandi)
    later = listed(theatre=galaxy, days=2)

    def films(url: str) -> list[str]:
        return [item["url"] for item in the("ItemList", read(client, url))["itemListElement"]]

    assert films("/") == [SITE + mandi.get_absolute_url()]
    assert films(f"/?day={later.trading_day}") == [SITE + later.movie.get_absolute_url()]
    assert "ld+json" not in client.get("/", HTTP_HX_REQUEST="true").content.decode()


def test_pages_say_which_pages_are_above_them(client, galaxy, mandi):
    show = listed(theatre=galaxy, movie=mandi)

    def trail(thing) -> list[tuple[str, str]]:
        items = the("BreadcrumbList", read(client, thing.get_absolute_url()))["itemListElement"]
        assert [item["position"] for item in items] == list(range(1, len(items) + 1))
        return [(item["name"], item["item"].removeprefix(SITE)) for item in items]

    programme, film = ("Programme", "/"), ("Mandi", mandi.get_absolute_url())
    assert trail(mandi) == [programme, film]
    assert trail(galaxy) == [programme, ("Mumbai", "/?city=Mumbai"), ("Galaxy", galaxy.get_absolute_url())]
    assert trail(show)[:2] == [programme, film]
    assert trail(show)[2][1] == show.get_absolute_url()


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!--<script>", "& “so on” \\u0026 ]]>"])
def test_no_text_ends_the_data_early(client, galaxy, text):
    movie = MovieFactory(title=text, slug="odd", synopsis=text, director=text)
    show = listed(theatre=galaxy, movie=movie)

    for page in (movie, show):
        film = the("Movie", read(client, page.get_absolute_url()))
        assert film["name"] == film["description"] == film["director"]["name"] == text
