"""Accounts: sign up, in and out, passwords, and the account page."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from cinema.mail import email_proofs
from cinema.models import ApiToken, EmailProof, User
from cinema.services.people.accounts import forget_email_proofs
from cinema.services.people.failed_tries import LIMITS, Kind
from cinema.web.middleware import COOKIE
from tests.factories import PASSWORD, ShowFactory, UserFactory
from tests.mails import links, outbox
from tests.views.browsers import text

pytestmark = pytest.mark.django_db

WHO = {"email": "Ben@Example.org", "name": "Ben Ali"}

PASSWORDS = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def asha(client):
    user = UserFactory(email="asha@example.org")
    client.force_login(user)
    return user


def sign_in(client, email, password=PASSWORD, **extra):
    return client.post(reverse("sign-in"), {"username": email, "password": password, **extra})


def sign_up(client, **extra):
    """Ask for an account, and return where the link in the mail leads."""
    client.post(reverse("sign-up"), WHO | extra)
    return links(outbox()[-1])[0]


def test_signing_up_by_way_of_the_mail_makes_an_account_and_signs_in(client):
    link = sign_up(client)
    assert not User.objects.exists()
    assert b"Welcome, Ben Ali" in client.get(link).content
    assert link in outbox()[0].alternatives[0].content

    response = client.post(link, PASSWORDS)

    assert response.url == reverse("my-tickets")
    user = User.objects.get()
    assert (user.email, user.name, user.check_password(PASSWORD)) == ("ben@example.org", "Ben Ali", True)
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("typed", ["mi\u212ae@example.org", "mike@\uff25xample.org"], ids=ascii)
def test_the_address_that_is_proven_is_the_one_that_is_stored(client, typed):
    link = sign_up(client, email=typed)
    client.post(link, PASSWORDS)

    assert outbox()[0].to == [User.objects.get().email] == ["mike@example.org"]


@pytest.mark.parametrize("typed", ["mi\u212ae@example.org", "\uff2dIKE@example.org"], ids=ascii)
def test_another_spelling_of_an_email_has_the_same_account(client, typed):
    UserFactory(email="mike@example.org")

    sign_up(client, email=typed)

    assert outbox()[0].to == ["mike@example.org"]
    assert "already has an account" in outbox()[0].body


def test_the_mail_to_a_known_address_in_another_case_says_that_there_is_an_account(client):
    UserFactory(email="ben@example.org")

    assert sign_up(client) == reverse("sign-in")
    assert "already has an account" in outbox()[0].body
    assert User.objects.count() == 1


def test_the_link_makes_one_account(client):
    link = sign_up(client)
    client.post(link, PASSWORDS)
    client.post(reverse("sign-out"))

    for again in (client.get(link), client.post(link, PASSWORDS)):
        assert again.status_code == 410
        assert b"This link has already been used or has expired" in again.content
    assert "_auth_user_id" not in client.session


def test_the_link_reveals_nothing_about_the_person_signing_up(client):
    link = sign_up(client, next="/tickets/abc/")

    [token] = re.findall(r"/account/sign-up/([^/]+)/", link)

    assert signing.loads(token, salt=email_proofs.SALT) == EmailProof.objects.get().pk
    assert len(token) < 70


def test_what_was_asked_is_kept_until_the_account_is_there(client):
    link = sign_up(client)
    assert EmailProof.objects.get().name == "Ben Ali"

    client.post(link, PASSWORDS)

    assert not EmailProof.objects.exists()


def test_of_several_links_to_one_address_one_makes_the_account(client):
    first, second = sign_up(client), sign_up(client)

    assert client.post(first, PASSWORDS).status_code == 302
    assert client.post(second, PASSWORDS).status_code == 410


def test_a_link_for_another_purpose_makes_none(client):
    proof = EmailProof.objects.create(email="ben@example.org", user=UserFactory(), created_at=timezone.now())

    response = client.post(reverse("sign-up-finish", args=[email_proofs.make_token(proof.pk)]), PASSWORDS)

    assert response.status_code == 410
    assert User.objects.count() == 1


def test_what_was_asked_is_forgotten_after_three_days(client):
    sign_up(client)
    EmailProof.objects.update(created_at=timezone.now() - timedelta(days=2, hours=23))
    assert forget_email_proofs() == 0

    EmailProof.objects.update(created_at=timezone.now() - timedelta(days=3, minutes=1))
    assert forget_email_proofs() == 1


def test_a_forged_or_old_link_makes_none(client, settings):
    link = sign_up(client)
    forged = client.post(link[:-2] + "x/", PASSWORDS)
    settings.PASSWORD_RESET_TIMEOUT = -1
    old = client.post(link, PASSWORDS)

    assert (forged.status_code, old.status_code) == (410, 410)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"), [({"email": "ben"}, "email"), ({"email": "ben\0@example.org"}, "email"), ({"name": ""}, "name")]
)
def test_signing_up_names_the_field_that_is_wrong(client, wrong, field):
    response = client.post(reverse("sign-up"), WHO | wrong)

    assert response.status_code == 400
    assert field in response.context["form"].errors
    assert f'href="#id_{field}"'.encode() in response.content
    assert not outbox()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"password2": "another long one"}, "password2"),
        ({"password1": "shorty 12", "password2": "shorty 12"}, "password1"),
        ({"password1": "ben@example.org", "password2": "ben@example.org"}, "password1"),
        ({"password1": "", "password2": ""}, "password1"),
    ],
)
def test_choosing_the_first_password_names_the_field_that_is_wrong(client, wrong, field):
    response = client.post(sign_up(client), PASSWORDS | wrong)

    assert response.status_code == 400
    assert field in response.context["form"].errors
    assert not User.objects.exists()


def test_a_weak_password_is_reported_in_a_sentence_of_ones_own(client):
    weak = {"password1": "ben@example.org", "password2": "ben@example.org"}

    response = client.post(sign_up(client), weak)

    assert "Your password is too similar to your email address." in response.content.decode()


@pytest.mark.parametrize("page", ["password-change", "password-reset-confirm"])
def test_a_weak_new_password_is_reported_where_it_was_chosen(client, asha, page):
    weak = {"old_password": PASSWORD, "new_password1": "12345", "new_password2": "12345"}
    address = reverse(page) if page == "password-change" else _reset_page(client)

    assert "new_password1" in client.post(address, weak).context["form"].errors


def _reset_page(client):
    client.post(reverse("password-reset"), {"email": "asha@example.org"})
    return client.get(links(outbox()[-1])[0], follow=True).request["PATH_INFO"]


def test_signing_in_ignores_the_case_of_the_address(client, db):
    UserFactory(email="asha@example.org")

    assert sign_in(client, "Asha@Example.ORG").url == reverse("my-tickets")


@pytest.mark.parametrize("page", ["sign-in", "sign-up"])
@pytest.mark.parametrize(
    ("wish", "leads_to"), [("/account/", "/account/"), ("https://evil.example/", None), ("//evil.example/", None)]
)
def test_afterwards_only_an_address_of_this_site_is_followed(client, page, wish, leads_to):
    UserFactory(email="asha@example.org")

    if page == "sign-up":
        response = client.post(sign_up(client, next=wish), PASSWORDS)
    else:
        response = sign_in(client, "asha@example.org", next=wish)

    assert response.url == (leads_to or reverse("my-tickets"))


@pytest.mark.parametrize("page", ["sign-in", "sign-up"])
def test_whoever_is_signed_in_is_led_on_even_from_a_page_that_leads_to_itself(client, asha, page):
    response = client.get(reverse(page), {"next": reverse(page)})

    assert response.url == reverse("my-tickets")


def test_signing_out_needs_a_post(client, asha):
    assert client.get(reverse("sign-out")).status_code == 405


def test_signing_out_forgets_the_held_seats_of_this_browser(client, asha):
    show = ShowFactory()
    client.post(reverse("show-hold", args=[show.pk]), {"seats": show.seats.first().pk})
    assert client.cookies[COOKIE].value

    response = client.post(reverse("sign-out"))

    assert response.url == reverse("programme")
    assert client.cookies[COOKIE].value == ""
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_is_replaced_by_way_of_the_mail(client, settings):
    UserFactory(email="asha@example.org")
    response = client.post(reverse("password-reset"), {"email": "ASHA@example.org"})
    assert response.url == reverse("password-reset-sent")

    [message] = outbox()
    [link] = links(message)
    assert link in message.alternatives[0].content
    form = client.get(link, follow=True)
    new = "a wholly new secret"
    response = client.post(form.request["PATH_INFO"], {"new_password1": new, "new_password2": new})

    assert response.url == reverse("password-reset-done")
    assert client.get(response.url).status_code == 200
    assert sign_in(client, "asha@example.org", new).status_code == 302
    assert b"This link has already been used or has expired" in client.get(link, follow=True).content


def test_a_reset_request_for_an_email_without_an_account_gets_a_mail(client):
    client.post(reverse("password-reset"), {"email": "nobody@example.org"})

    [message] = outbox()
    assert "no account has this address" in message.body
    assert links(message) == [reverse("sign-up")]


def test_changing_the_password_keeps_one_signed_in(client, asha):
    new = "a wholly new secret"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}

    response = client.post(reverse("password-change"), data, follow=True)

    assert b"Your password has been changed" in response.content
    asha.refresh_from_db()
    assert asha.check_password(new)


def test_the_details_can_be_changed_but_not_the_address(client, asha):
    client.post(reverse("account"), {"name": "Asha R.", "phone": "+91 98200", "email": "other@example.org"})

    asha.refresh_from_db()
    assert (asha.name, asha.phone, asha.email) == ("Asha R.", "+91 98200", "asha@example.org")


@pytest.mark.parametrize("page", ["token-create", "password-change"])
def test_whoever_sits_at_an_open_session_does_not_guess_its_password_on_and_on(client, asha, page):
    new = {"new_password1": "a wholly new secret", "new_password2": "a wholly new secret"}

    def ask(password):
        said = {"label": "Kiosk", "days": "30", "password": password, "old_password": password}
        return client.post(reverse(page), said | new)

    most = LIMITS[Kind.PASSWORD].at_one_from_one
    assert [ask("wrong").status_code for _n in range(most)] == [400] * most
    refused = ask(PASSWORD)

    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert "Too many wrong passwords" in text(refused)
    asha.refresh_from_db()
    assert asha.check_password(PASSWORD)
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("page", ["account", "my-tickets", "password-change"])
def test_pages_of_an_account_ask_to_sign_in_and_then_lead_back(client, page):
    response = client.get(reverse(page))

    assert response.url == f"{reverse('sign-in')}?next={reverse(page)}"


@pytest.mark.parametrize(
    "page",
    ["sign-in", "sign-up", "sign-up-sent", "password-reset", "password-reset-sent", "password-reset-done", "account"],
)
def test_pages_of_an_account_are_kept_by_no_cache_and_no_search_engine(client, page):
    if page == "account":
        client.force_login(UserFactory())

    response = client.get(reverse(page))

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
