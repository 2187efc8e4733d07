"""Forms whose CSRF token is out of date, as after signing in in another tab: nothing that was typed is lost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cinema.models import Hold, Ticket, WaitingEntry
from tests.factories import PASSWORD, ShowFactory, UserFactory, held, seat_ids, sold
from tests.views.browsers import answers, browser, inputs, is_kept_nowhere, text

pytestmark = pytest.mark.django_db

HERE = "http://testserver"
ELSEWHERE = "https://evil.example"
ASHA = {"name": "Asha Rao", "email": "asha@example.org", "phone": "+91 98200 12345", "mode": "UPI"}


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aaaa")


@pytest.fixture
def client():
    return browser("asha", enforce_csrf_checks=True)


def token(page):
    return next(field["value"] for field in inputs(page) if field.get("name") == "csrfmiddlewaretoken")


def sign_in(client):
    """Sign in in another tab of the browser."""
    user = UserFactory(email="asha@example.org")
    form = {"username": user.email, "password": PASSWORD, "csrfmiddlewaretoken": token(client.get(reverse("sign-in")))}
    assert client.post(reverse("sign-in"), form, headers={"Origin": HERE}).status_code == 302


def confirm(client, page, address):
    """Press the page's one button."""
    posted = {}
    for field in inputs(page):
        if field.get("type") == "hidden":
            posted.setdefault(field["name"], []).append(field["value"])
    return client.post(address, posted, headers={"Origin": HERE})


def test_chosen_seats_survive_signing_in_in_another_tab(show, client):
    old = token(client.get(show.get_absolute_url()))
    sign_in(client)
    address = reverse("show-hold", args=[show.pk])

    page = client.post(
        address, {"seats": seat_ids(show, "A1 A2"), "csrfmiddlewaretoken": old}, headers={"Origin": HERE}
    )

    assert page.status_code == 403
    assert "We’ve kept your answers." in text(page)
    assert is_kept_nowhere(page)
    assert not Hold.objects.exists()
    assert confirm(client, page, address).status_code == 303
    assert Hold.objects.get().seats.count() == 2


def test_the_checkout_survives_signing_in_in_another_tab(show, client):
    address = held(show, "A1 A2").get_absolute_url()
    form = answers(client.get(address)) | ASHA
    sign_in(client)

    page = client.post(address, form, headers={"Origin": HERE, "Referer": HERE + address})

    assert page.status_code == 403
    assert f'href="{address}"' in page.content.decode()
    assert not Ticket.objects.exists()
    assert confirm(client, page, address).status_code == 303
    assert Ticket.objects.get().order.email == ASHA["email"]


def test_the_waiting_list_survives_signing_in_in_another_tab(show, client):
    sold(show, "A1 A2 A3 A4", buyer="ben")
    form = {"email": "asha@example.org", "party": 2, "csrfmiddlewaretoken": token(client.get(show.get_absolute_url()))}
    sign_in(client)
    address = reverse("show-waiting", args=[show.pk])

    page = client.post(address, form, headers={"Origin": HERE})

    assert confirm(client, page, address).status_code == 303
    assert WaitingEntry.objects.get().party == 2


def test_no_password_is_written_into_a_page(client):
    form = {"username": "asha@example.org", "password": PASSWORD, "csrfmiddlewaretoken": "x" * 64}
    client.get(reverse("sign-in"))

    page = client.post(reverse("sign-in"), form, headers={"Origin": HERE})

    assert page.status_code == 403
    assert "apart from passwords and files" in text(page)
    assert "asha@example.org" in page.content.decode()
    assert PASSWORD not in page.content.decode()


def test_a_file_has_to_be_chosen_again(client):
    form = {"seats": "1", "table": SimpleUploadedFile("films.csv", b"title")}

    assert "apart from passwords and files" in text(client.post("/", form, headers={"Origin": HERE}))


def test_a_browser_that_sends_no_cookie_is_asked_for_it(show, client):
    page = client.post(reverse("show-hold", args=[show.pk]), {"seats": "1"}, headers={"Origin": HERE})

    assert "Please allow cookies for this site." in text(page)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": ELSEWHERE},
        {"Origin": "null"},
        {"Referer": f"{ELSEWHERE}/?{HERE}"},
        {"Referer": "http://["},
        {"Origin": HERE, "Referer": ELSEWHERE},
        {"Origin": "http://testserver.evil.example"},
    ],
)
def test_what_another_site_posts_is_not_offered_for_confirmation(show, client, headers):
    page = client.post(reverse("show-hold", args=[show.pk]), {"seats": "4711"}, headers=headers)

    assert page.status_code == 403
    assert "4711" not in page.content.decode()
    assert "X-CSRFToken" not in page


def test_a_script_gets_the_new_token_as_a_header(show, client):
    old = token(client.get(show.get_absolute_url()))
    sign_in(client)
    address = reverse("show-hold", args=[show.pk])
    headers = {"Origin": HERE, "HX-Request": "true", "X-CSRFToken": old}
    refused = client.post(address, {"seats": seat_ids(show, "A1")}, headers=headers)

    again = client.post(
        address, {"seats": seat_ids(show, "A1")}, headers=headers | {"X-CSRFToken": refused["X-CSRFToken"]}
    )

    assert refused.status_code == 403
    assert again["HX-Redirect"] == Hold.objects.get().get_absolute_url()
