"""Each page is in the language of its address; who has none yet is led to their own."""

import re
from typing import Any

import pytest
from django.conf import settings as site
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import get_language, gettext, override

from cinema.models import Order, Theatre
from cinema.web.languages import LanguageMiddleware, in_language, language_of
from tests.factories import ShowFactory, owner, till_session
from tests.views.api.programs import Program

pytestmark = pytest.mark.django_db

GERMAN = {"accept": "text/html", "accept-language": "de-AT,de;q=0.9,en;q=0.5"}


def html_of(response: HttpResponse) -> tuple[str, str]:
    """The language and the direction that a page has."""
    found = re.search(r'<html lang="([\w-]+)" dir="(\w+)"', response.content.decode())
    assert found
    return found[1], found[2]


@pytest.mark.parametrize(("path", "html"), [("/", ("en", "ltr")), ("/de/", ("de", "ltr")), ("/ar/", ("ar", "rtl"))])
def test_a_page_is_in_the_language_of_its_address(client: Client, path: str, html: tuple[str, str]):
    response = client.get(path)

    assert (html_of(response), response["Content-Language"]) == (html, html[0])


def test_the_site_may_have_any_language_for_its_own(client: Client, settings: Any):
    settings.LANGUAGE_CODE = "ar"

    assert html_of(client.get("/")) == ("ar", "rtl")
    assert html_of(client.get("/en/")) == ("en", "ltr")


@pytest.mark.parametrize("path", ["/", "/?city=Pune&day=2026-01-01", "/gift-cards/", "/account/sign-in/"])
def test_a_visitor_is_led_to_the_page_in_the_language_of_their_browser(client: Client, path: str):
    response = client.get(path, headers=GERMAN)

    assert (response.status_code, response["Location"]) == (302, f"/de{path}")
    assert response["Vary"] == "Accept-Language, Cookie"
    assert "private" in response["Cache-Control"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"accept": "text/html"},
        {"accept": "text/html", "accept-language": "it, pt"},
        {"accept": "text/html", "accept-language": "en-GB, de;q=0.5"},
        {"accept": "text/calendar", "accept-language": "de"},
    ],
)
def test_nobody_else_is_led_anywhere(client: Client, headers: dict[str, str]):
    response = client.get("/", headers=headers)

    assert (response.status_code, html_of(response)[0]) == (200, "en")
    assert {"Accept-Language", "Cookie"} <= set(response["Vary"].split(", "))


def test_a_part_of_a_page_is_in_the_language_of_that_page(client: Client):
    assert client.get("/", headers=GERMAN | {"hx-request": "true"}).status_code == 200


@pytest.mark.parametrize("path", ["/de/", "/robots.txt", "/embed/programme/", "/healthz", "/nothing/"])
def test_no_one_is_led_from_what_has_its_language_or_none(client: Client, path: str):
    assert client.get(path, headers=GERMAN | {"accept-language": "fr"}).status_code in (200, 404)


def test_a_form_is_answered_in_the_language_of_its_page(client: Client):
    assert html_of(client.post("/account/sign-in/", headers=GERMAN))[0] == "en"
    assert html_of(client.post("/de/account/sign-in/", headers=GERMAN | {"accept-language": "fr"}))[0] == "de"


@pytest.mark.parametrize(("accepted", "spoken"), [("de", "de"), ("", "en"), ("it", "en")])
def test_the_back_office_speaks_the_language_of_the_browser(client: Client, accepted: str, spoken: str):
    client.force_login(owner())

    response = client.get("/staff/", headers={"accept": "text/html", "accept-language": accepted})

    assert html_of(response)[0] == spoken
    assert {"Accept-Language", "Cookie"} <= set(response["Vary"].split(", "))


def test_the_second_window_of_a_till_speaks_to_the_buyer(client: Client):
    theatre = till_session().theatre
    client.force_login(owner())

    for page, spoken in (("staff-sell", "de"), ("staff-sell-display", "en")):
        response = client.get(reverse(page, args=[theatre.slug]), headers=GERMAN)
        assert html_of(response)[0] == spoken


def test_the_json_interface_gives_its_reasons_in_the_language_asked_for(client: Client):
    response = client.get("/api/shows/1/", headers={"accept-language": "ar"})

    assert response["Content-Language"] == "ar"


def test_a_program_books_in_the_language_that_it_asks_for():
    program, show = Program(), ShowFactory(screen__plan="aa")
    program.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "ar"

    booked = program.book(show, "A1").json()

    assert Order.objects.get().language == "ar"
    assert booked["ticket"]["payment_url"].startswith("http://testserver/ar/payments/")


def switch(client: Client, language: str, **posted: Any) -> HttpResponse:
    return client.post("/language/", {"language": language, **posted})


def test_the_switch_leads_to_the_same_page_and_is_remembered(client: Client):
    response = switch(client, "de", next="/gift-cards/?amount=5")

    cookie = response.cookies["language"]
    assert (response.status_code, response["Location"]) == (303, "/de/gift-cards/?amount=5")
    assert (cookie.value, cookie["httponly"], cookie["samesite"], cookie["path"]) == ("de", True, "Lax", "/")
    assert client.get("/", headers={"accept": "text/html"})["Location"] == "/de/"


def test_the_switch_counts_more_than_the_browser(client: Client):
    switch(client, "en", next="/de/")

    assert html_of(client.get("/", headers=GERMAN))[0] == "en"


def test_the_switch_goes_by_the_page_in_the_browser_which_may_have_other_filters(client: Client):
    referer = "http://testserver/de/?day=2026-01-02"

    response = client.post("/language/", {"language": "ar", "next": "/de/"}, headers={"referer": referer})

    assert response["Location"] == "http://testserver/ar/?day=2026-01-02"


@pytest.mark.parametrize(
    ("there", "back"), [("/de/gift-cards/", "/gift-cards/"), ("/staff/films/", "/staff/films/"), ("/de/no/", "/de/no/")]
)
def test_the_switch_leads_back_from_every_address(client: Client, there: str, back: str):
    assert switch(client, "en", next=there)["Location"] == back


@pytest.mark.parametrize("next", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_the_switch_leads_nowhere_else(client: Client, next: str):
    assert switch(client, "de", next=next)["Location"] == "/de/"


@pytest.mark.parametrize("language", ["", "it", "en-gb", "../de", "de\0"])
def test_only_an_offered_language_can_be_chosen(client: Client, language: str):
    response = switch(client, language)

    assert (response.status_code, "language" in response.cookies) == (400, False)


def test_a_page_has_a_button_for_each_language_in_its_own_name(client: Client):
    page = client.get("/de/gift-cards/").content.decode()

    assert re.findall(r'name="language" value="(\w+)" lang="\1"', page) == [code for code, _ in site.LANGUAGES]
    assert re.search(r'value="de" lang="de"\s+aria-current="true">Deutsch<', page)


@pytest.mark.parametrize("path", ["/", "/staff/"])
def test_a_cinema_with_one_language_has_no_switch_and_no_alternates(client: Client, settings: Any, path: str):
    settings.LANGUAGES = [("en", "English")]
    client.force_login(owner())

    page = client.get(path, headers=GERMAN)

    assert page.status_code == 200
    assert "hreflang" not in page.content.decode()
    assert 'action="/language/"' not in page.content.decode()


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/en/", "/"),
        ("/en", "/"),
        ("/en?a=b", "/?a=b"),
        ("/en/gift-cards/?a=b", "/gift-cards/?a=b"),
        ("/fr/gift-cards/", "/gift-cards/"),
        ("/en//elsewhere.example/", "/%2Felsewhere.example/"),
    ],
)
def test_links_of_a_language_that_is_offered_no_more_still_work(
    client: Client, settings: Any, path: str, leads_to: str
):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]

    response = client.get(path)

    assert (response.status_code, response["Location"]) == (302, leads_to)


def test_a_prefix_without_a_slash_leads_to_the_programme(client: Client):
    assert client.get("/de")["Location"] == "/de/"


def test_the_language_of_a_request_ends_with_it(client: Client):
    with override("en"):
        client.get("/ar/")
        client.get("/staff/", headers={"accept-language": "de"})

        assert get_language() == "en"


def test_a_body_that_is_streamed_keeps_its_language():
    def view(_request: Any) -> StreamingHttpResponse:
        return StreamingHttpResponse(gettext("Yes") for _ in range(2))

    response = LanguageMiddleware(view)(RequestFactory().get("/de/"))  # type: ignore[arg-type]

    assert b"".join(response.streaming_content) == b"JaJa"
    assert get_language() == "en"


def test_every_page_of_a_theatre_stays_in_its_language(client: Client):
    """No link of an Arabic page leads out of it, but to what has no language."""
    show = ShowFactory(screen__plan="aa")
    theatre: Theatre = show.screen.theatre

    for path in ("/", f"/theatres/{theatre.slug}/", f"/movies/{show.movie.slug}/", f"/shows/{show.pk}/"):
        page = client.get(f"/ar{path}").content.decode()
        links = set(re.findall(r'(?:href|action|hx-get|hx-post|src)="(/[^"]*)"', page))

        without = {link for link in links if not link.startswith(("/ar/", "/static/"))}
        assert not [link for link in without if not link.endswith(("/language/", ".json", "/poster.svg"))]


def test_the_language_of_an_address():
    assert [language_of(path) for path in ("/de/", "/de", "/deutsch/", "/", "/it/", "")] == [
        *("de", "de", "en", "en", "en", "en")
    ]
    assert in_language("/de/shows/7/?a=b", "ar") == "/ar/shows/7/?a=b"
