"""Owners publish imprint, terms and privacy notice."""

from time import monotonic

import pytest
from django.db import IntegrityError
from django.urls import reverse

from cinema.models import AuditEvent, LegalText
from cinema.selectors.people.legal import all_published
from cinema.services.people import legal as services
from tests.factories import TheatreFactory, owner, published
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db

LIST = reverse("staff-legal")


@pytest.fixture
def client():
    client = browser()
    client.force_login(owner(name="Olga"))
    return client


def edit(kind: str = "terms") -> str:
    return reverse("staff-legal-text", args=[kind])


def test_a_text_that_is_published_has_a_page(client):
    response = client.post(edit(), {"text": "# Tickets\r\n\r\nNo refunds.", "version": 0}, follow=True)

    assert "Published." in text(response)
    assert "Tickets No refunds." in text(browser().get("/terms/"))
    assert AuditEvent.objects.get().details == {"version": 1, "published": True}


def test_a_new_version_leaves_the_earlier_one_as_it_was(client):
    published("terms", text="No refunds.")

    client.post(edit(), {"text": "Refunds.", "version": 1})

    assert [(one.version, one.text) for one in LegalText.objects.order_by("version")] == [
        (1, "No refunds."),
        (2, "Refunds."),
    ]
    assert "No refunds." in text(client.get(reverse("staff-legal-version", args=["terms", 1])))
    assert "Version 1" in text(client.get(edit()))


def test_an_empty_text_takes_the_page_off_the_site(client):
    published("terms")

    response = client.post(edit(), {"text": "  ", "version": 1}, follow=True)

    assert "The page has been taken off the site." in text(response)
    assert browser().get("/terms/").status_code == 404


@pytest.mark.parametrize(
    ("of_site", "sentence"),
    [("Of the site", "The site’s text now applies to Himal."), ("", "The page has been taken off the site.")],
)
def test_an_empty_text_of_a_theatre_gives_way_to_that_of_the_site(client, of_site, sentence):
    published("terms", text=of_site)
    published("terms", text="Of Himal", theatre=TheatreFactory(name="Himal", slug="himal"), version=2)

    own = reverse("staff-theatres-legal", args=["himal", "terms"])
    response = client.post(own, {"text": "", "version": 2}, follow=True)

    assert sentence in text(response)


def test_the_texts_of_a_theatre_are_numbered_with_those_of_the_site(client):
    place = TheatreFactory(name="Himal", slug="himal")
    published("terms", text="Of the site")
    own = reverse("staff-theatres-legal", args=["himal", "terms"])
    assert "as on the site" in text(client.get(LIST))

    assert client.post(own, {"text": "Of Himal", "version": 0}).status_code == 303
    assert client.post(edit(), {"text": "Of the site, again", "version": 1}).status_code == 303
    assert client.post(own, {"text": "Of Himal, again", "version": 1}).status_code == 409
    assert client.post(own, {"text": "Of Himal, again", "version": 2}).status_code == 303

    texts = LegalText.objects.order_by("version").values_list("theatre", "text")
    assert list(texts) == [
        (None, "Of the site"),
        (place.pk, "Of Himal"),
        (None, "Of the site, again"),
        (place.pk, "Of Himal, again"),
    ]
    assert [event.theatre for event in AuditEvent.objects.order_by("pk")] == [place, None, place]
    assert "version 4" in text(client.get(LIST))
    assert "Himal" in text(client.get(reverse("staff-legal-version", args=["terms", 4])))


def test_a_version_number_taken_by_another_transaction_is_not_taken_again(client, monkeypatch):
    published("terms", text="Of the site")
    taken = iter([IntegrityError, None])
    publish = services._publish

    def collide(**wish):
        if error := next(taken):
            raise error
        return publish(**wish)

    monkeypatch.setattr(services, "_publish", collide)
    assert client.post(edit(), {"text": "Again", "version": 1}).status_code == 303
    assert LegalText.objects.latest("version").text == "Again"


def test_the_process_that_published_a_text_links_to_it_at_once(client, monkeypatch):
    monkeypatch.setattr(all_published, "last", (monotonic(), []))

    client.post(edit(), {"text": "No refunds.", "version": 0})

    assert [text.kind for text in all_published()] == ["terms"]


def test_what_is_published_already_is_no_new_version(client):
    published("terms", text="No refunds.")

    client.post(edit(), {"text": "No refunds.", "version": 1})

    assert LegalText.objects.count() == 1


def test_the_second_to_publish_gets_a_conflict_and_keeps_the_text(client):
    client.post(edit(), {"text": "No refunds.", "version": 0})

    second = client.post(edit(), {"text": "Refunds.", "version": 0})

    assert second.status_code == 409
    assert "Olga changed this" in text(second)
    assert "Refunds." in second.content.decode()
    assert client.post(edit(), {"text": "Refunds.", "version": 1}).status_code == 303


def test_a_text_that_is_too_long_is_refused(client):
    response = client.post(edit(), {"text": "x" * 100_001, "version": 0})

    assert response.status_code == 400
    assert not LegalText.objects.exists()


@pytest.mark.parametrize("url", ["/staff/legal/cookies/", "/staff/legal/terms/1/", "/staff/legal/cookies/1/"])
def test_what_is_not_there_is_not_found(client, url):
    assert client.get(url).status_code == 404


def test_the_list_needs_the_same_queries_for_any_number_of_versions(client, django_assert_num_queries):
    published("terms")
    with django_assert_num_queries(5):
        client.get(LIST)
    LegalText.objects.bulk_create(
        LegalText(kind=kind, version=version, text="x", created_at="2026-11-01T12:00Z")
        for kind in ("imprint", "privacy")
        for version in range(1, 30)
    )
    with django_assert_num_queries(5):
        client.get(LIST)
