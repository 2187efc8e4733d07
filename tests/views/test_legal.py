"""Imprint, terms and privacy notice, where there are any, and the terms that a buyer accepts."""

import re

import pytest
from django.db.models import F
from django.urls import reverse

from cinema.models import LegalText, Ticket
from tests.factories import ShowFactory, TheatreFactory, UserFactory, held, owner, published, sold
from tests.mails import outbox
from tests.views.api.programs import Program
from tests.views.browsers import answers, browser, inputs, text
from tests.views.checkout import ASHA

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("legal_texts_are_read")]


@pytest.mark.parametrize("kind", ["imprint", "terms", "privacy"])
def test_there_is_no_page_before_a_text_is_published(kind):
    assert browser().get(f"/{kind}/").status_code == 404
    published(kind, text="# Who\n\nAsha")

    page = browser().get(f"/{kind}/")

    assert page.status_code == 200
    assert "Who Asha" in text(page)


@pytest.mark.parametrize("url", ["/", "/tickets/", "/account/sign-up/", "/imprint/"])
def test_every_public_page_links_what_is_published(url):
    published("imprint", "privacy")

    page = browser().get(url).content.decode()

    assert page.count('href="/imprint/"') == page.count('href="/privacy/"') == 1
    assert 'href="/terms/"' not in page


def test_every_mail_links_what_is_published(show, settings):
    published("imprint")
    sold(show, "A1")

    [mail] = outbox()

    link = f"{settings.SITE_URL}/imprint/"
    assert mail.body.endswith(f"\nImprint: {link}\n")
    assert re.search(rf'<a href="{link}"[^>]*>\s*Imprint</a>', mail.alternatives[0][0])


def test_a_mail_of_a_site_that_published_nothing_has_no_foot(show):
    sold(show, "A1")

    [mail] = outbox()

    assert "Imprint" not in mail.body
    assert not mail.body.endswith("\n\n\n")


# --- Texts of a theatre ------------------------------------------------------------------------


@pytest.fixture
def himal():
    return TheatreFactory(name="Himal", slug="himal")


def test_a_theatre_has_its_own_texts_where_it_has_them_and_else_those_of_the_site(himal):
    published("imprint", "terms", text="Of the site")
    published("terms", text="Of Himal", theatre=himal, version=2)
    show, elsewhere = ShowFactory(screen__theatre=himal, screen__plan="aa"), ShowFactory(screen__plan="aa")

    links = {
        url: re.findall(r'href="([\w/]+/(?:imprint|terms)/|/(?:imprint|terms)/)"', browser().get(url).content.decode())
        for url in ("/", "/theatres/himal/", show.get_absolute_url(), elsewhere.get_absolute_url())
    }

    own, of_site = ["/imprint/", "/theatres/himal/terms/"], ["/imprint/", "/terms/"]
    assert list(links.values()) == [of_site, own, own, of_site]
    assert "Of Himal" in text(browser().get("/theatres/himal/terms/"))
    assert browser().get("/theatres/himal/imprint/").headers["Location"] == "/imprint/"
    assert browser().get("/theatres/none/terms/").status_code == 404
    sold(show, "A1")
    assert "/theatres/himal/terms/" in outbox()[-1].body


def test_buyers_accept_the_terms_of_the_theatre_of_their_show(himal, show):
    published("terms", text="Of the site")
    published("terms", text="Of Himal", theatre=himal, version=2)
    here = held(ShowFactory(screen__theatre=himal, screen__plan="aa"), "A1")
    page = browser("asha").get(here.get_absolute_url()).content.decode()
    assert page.count('href="/theatres/himal/terms/"') == 2  # at the checkbox, and in the foot

    assert check_out(here, terms="1").status_code == 400  # those of the site
    assert check_out(here, terms="2").status_code == 303
    assert check_out(held(show, "A1"), terms="1").status_code == 303
    assert Program().book(show, "A3", accept_terms=True).status_code == 201

    accepted = list(Ticket.objects.order_by("pk").values_list("order__terms_version", flat=True))
    assert accepted == [2, 1, 1]
    assert [LegalText.objects.get(kind="terms", version=number).theatre for number in (1, 2)] == [None, himal]


def test_an_empty_text_of_a_theatre_gives_way_to_that_of_the_site(himal):
    published("imprint", text="Of the site")
    published("imprint", text="Of Himal", theatre=himal, version=2)
    published("imprint", text="", theatre=himal, version=3)

    assert browser().get("/theatres/himal/imprint/").headers["Location"] == "/imprint/"


# --- Accepting the terms -----------------------------------------------------------------------


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aaaa")


@pytest.fixture
def hold(show):
    return held(show, "A1 A2")


def check_out(hold, **changes):
    client = browser("asha")
    form = answers(client.get(hold.get_absolute_url()))
    return client.post(hold.get_absolute_url(), form | ASHA | changes)


def test_without_terms_nothing_is_asked_for(hold):
    assert check_out(hold).status_code == 303
    assert Ticket.objects.get().order.terms_version is None


def test_the_checkout_asks_to_accept_the_terms_and_links_them(hold):
    published("terms")

    page = browser("asha").get(hold.get_absolute_url())

    [box] = [field for field in inputs(page) if field.get("name") == "terms"]
    assert (box["type"], box["value"], "required" in box, "checked" in box) == ("checkbox", "1", True, False)
    assert "I accept the terms" in text(page)
    assert page.content.decode().count('href="/terms/"') == 2  # there, and in the foot


def test_without_accepting_them_nothing_is_booked(hold):
    published("terms")

    response = check_out(hold)

    assert response.status_code == 400
    assert "Please accept the terms to continue." in text(response)
    assert not Ticket.objects.exists()


def test_the_ticket_keeps_which_terms_were_accepted_and_when(hold):
    published("terms")

    assert check_out(hold, terms="1").status_code == 303

    ticket = Ticket.objects.get()
    assert (ticket.order.terms_version, ticket.order.terms_accepted_at) == (1, ticket.created_at)


def test_terms_that_changed_meanwhile_are_to_be_accepted_again(hold):
    published("terms")
    client = browser("asha")
    form = answers(client.get(hold.get_absolute_url())) | ASHA | {"terms": "1"}
    LegalText.objects.update(version=F("version") + 1)

    response = client.post(hold.get_absolute_url(), form)

    assert response.status_code == 400
    assert "Our terms have just changed. Please read and accept them again." in text(response)
    [box] = [field for field in inputs(response) if field.get("name") == "terms"]
    assert (box["value"], "checked" in box) == ("2", False)
    assert client.post(hold.get_absolute_url(), form | {"terms": "2"}).status_code == 303


@pytest.mark.parametrize("said", ["on", "0", "true", "9" * 30, "\x00", "<q>"])
def test_what_names_no_version_accepts_nothing(hold, said):
    published("terms")

    assert check_out(hold, terms=said).status_code == 400


def test_going_back_to_the_checkout_accepts_them_again(hold):
    published("terms")
    check_out(hold, terms="1")
    LegalText.objects.update(version=2)

    assert check_out(hold, terms="2").status_code == 303

    assert Ticket.objects.get().order.terms_version == 2


def test_what_was_ticked_stays_ticked_when_something_else_is_wrong(hold):
    published("terms")

    response = check_out(hold, terms="1", email="nobody")

    [box] = [field for field in inputs(response) if field.get("name") == "terms"]
    assert "checked" in box


def test_a_booking_by_api_without_acceptance_records_none(show):
    published("terms")

    assert Program().book(show, "A1").status_code == 201
    assert Ticket.objects.get().order.terms_version is None


def test_an_api_client_confirms_that_its_customer_accepted_them(show):
    published("terms")

    assert Program().book(show, "A1", accept_terms=True).status_code == 201
    assert Ticket.objects.get().order.terms_version == 1


def test_an_invalid_acceptance_by_api_is_rejected(show):
    answer = Program().book(show, "A1", accept_terms="yes")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["accept_terms"]


def test_staff_see_on_the_order_which_terms_were_accepted(hold, client):
    published("terms")
    check_out(hold, terms="1")
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    ticket = Ticket.objects.get()

    page = client.get(reverse("staff-orders-order", args=[hold.show.screen.theatre.slug, ticket.reference]))

    assert "version 1, accepted" in text(page)


def test_a_text_is_read_in_the_language_of_the_page(client):
    client.force_login(owner())
    page = reverse("staff-legal-text", args=["terms"])
    client.post(page, {"text": "Our *terms*.", "text_de": "Unsere *AGB*.", "version": "0"})

    assert (
        '<div class="prose" lang="de" dir="ltr"><p>Unsere <em>AGB</em>.' in browser().get("/de/terms/").content.decode()
    )
    assert (
        '<div class="prose" lang="en" dir="ltr"><p>Our <em>terms</em>.' in browser().get("/ar/terms/").content.decode()
    )

    client.post(page, {"text": "Our *terms*.", "text_de": "Die *AGB*.", "version": "1"})

    assert LegalText.objects.get(version=1).text_translations == {"de": "Unsere *AGB*."}  # which others accepted
    assert LegalText.objects.get(version=2).text_translations == {"de": "Die *AGB*."}
    earlier = client.get(reverse("staff-legal-version", args=["terms", 1])).content.decode()
    assert '<h2 lang="de">Deutsch</h2>' in earlier
    assert "Unsere <em>AGB</em>" in earlier
