"""Accounts: sign up, in and out, passwords, the account page and its tokens."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cinema.exceptions import TokenExpired
from cinema.mail import email_proofs
from cinema.models import ApiToken, AuditEvent, EmailProof, User
from cinema.services.people.accounts import forget_email_proofs
from cinema.services.people.failed_tries import LIMITS, Kind
from cinema.services.people.mail_requests import TO_ONE
from cinema.services.people.passwords import store_password
from cinema.services.people.tokens import create_token, user_of_token
from cinema.web.middleware import COOKIE
from tests.factories import PASSWORD, ShowFactory, UserFactory, sold
from tests.mails import forget_mails, outbox
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


def links(message):
    """The addresses of this site in a mail."""
    return re.findall(rf"{re.escape(settings.SITE_URL)}(\S+)", message.body)


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
    [link] = re.findall(rf"{re.escape(settings.SITE_URL)}(\S+)", message.body)
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


def make_token(client, **said):
    return client.post(reverse("token-create"), {"label": "Kiosk", "days": "365", "password": PASSWORD} | said)


def test_a_new_token_is_shown_once(client, asha):
    response = make_token(client)

    secret = response.context["secret"]
    assert response.status_code == 201
    assert "no-store" in response["Cache-Control"]
    assert secret.encode() in response.content
    assert user_of_token(secret=secret) == asha
    later = client.get(reverse("account")).content
    assert b"Kiosk" in later
    assert secret.encode() not in later


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"label": "x" * 81}, "label"),
        ({"label": ""}, "label"),
        ({"label": "\u200b"}, "label"),
        ({"days": "36500"}, "days"),
        ({"days": ""}, "days"),
        ({"password": ""}, "password"),
        ({"password": "wrong"}, "password"),
    ],
)
def test_a_token_takes_a_name_a_time_and_the_password(client, asha, said, field):
    response = make_token(client, **said)

    assert response.status_code == 400
    assert list(response.context["token_form"].errors) == [field]
    assert not ApiToken.objects.exists()


def test_the_owner_of_a_new_token_gets_a_mail(client, asha):
    secret = make_token(client, days="90").context["secret"]

    [message] = outbox()
    assert message.to == ["asha@example.org"]
    assert "The API token “Kiosk” was created" in message.body
    assert "for 90 days" in message.body
    assert secret not in message.body


def test_a_token_expires_when_it_was_chosen_to(client, asha):
    secret = make_token(client, days="30").context["secret"]
    token = ApiToken.objects.get()
    assert timedelta(days=29, hours=23) < token.expires_at - timezone.now() <= timedelta(days=30)
    assert "Valid until" in text(client.get(reverse("account")))

    ApiToken.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    assert user_of_token(secret=secret) == asha
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(TokenExpired):
        user_of_token(secret=secret)
    assert "Expired" in text(client.get(reverse("account")))


def test_that_a_token_is_used_is_noted_once_an_hour(client, asha, django_assert_num_queries):
    _, secret = create_token(user=asha, label="Kiosk")
    assert "never used" in text(client.get(reverse("account")))

    user_of_token(secret=secret)
    first = ApiToken.objects.get().last_used_at
    assert "last used" in text(client.get(reverse("account")))
    with django_assert_num_queries(1):
        user_of_token(secret=secret)
    assert ApiToken.objects.get().last_used_at == first

    ApiToken.objects.update(last_used_at=first - timedelta(hours=1, seconds=1))
    user_of_token(secret=secret)
    assert ApiToken.objects.get().last_used_at > first - timedelta(minutes=1)


def test_a_password_chosen_by_mail_ends_all_tokens_and_says_so(client):
    user, other = UserFactory(email="ben@example.org"), UserFactory()
    secrets = [create_token(user=user, label=label)[1] for label in ("Kiosk", "Partner")]
    _, others = create_token(user=other, label="Kiosk")
    client.post(reverse("password-reset"), {"email": user.email})
    link = next(path for path in links(outbox()[-1]) if "password-reset" in path)

    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"new_password1": "a wholly new one", "new_password2": "a wholly new one"})

    assert [user_of_token(secret=secret) for secret in secrets] == [None, None]
    assert user_of_token(secret=others) == other
    assert "Your API tokens were deleted, too" in outbox()[-1].body


def test_a_password_is_not_stored_unless_the_tokens_end_with_it(client, monkeypatch):
    user = UserFactory(email="ben@example.org")
    create_token(user=user, label="Kiosk")
    client.post(reverse("password-reset"), {"email": user.email})
    form = client.get(next(path for path in links(outbox()[-1]) if "password-reset" in path), follow=True)
    monkeypatch.setattr("cinema.services.people.passwords.delete_tokens", crash)

    with pytest.raises(RuntimeError):
        client.post(
            form.request["PATH_INFO"], {"new_password1": "a wholly new one", "new_password2": "a wholly new one"}
        )

    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def crash(**said):
    raise RuntimeError


def test_changing_ones_password_keeps_the_tokens(client, asha):
    _, secret = create_token(user=asha, label="Kiosk")
    new = "a wholly new secret"

    client.post(reverse("password-change"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})

    assert user_of_token(secret=secret) == asha
    assert "Your API tokens were deleted" not in outbox()[-1].body


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


def test_a_password_chosen_by_mail_gives_new_tries(client, asha):
    for _n in range(LIMITS[Kind.PASSWORD].at_one_from_one):
        make_token(client, password="wrong")
    assert make_token(client).status_code == 429

    asha.set_password(PASSWORD)
    store_password(user=asha, client_ip="127.0.0.1", by_mail=True)

    client.force_login(asha)
    assert make_token(client).status_code == 201


def test_a_deleted_token_works_no_more(client, asha):
    token, secret = create_token(user=asha, label="Kiosk")

    for _again in range(2):
        assert client.post(reverse("token-delete", args=[token.pk])).url == reverse("account")

    assert user_of_token(secret=secret) is None


def test_nobody_deletes_the_token_of_somebody_else(client, asha):
    token, secret = create_token(user=UserFactory(), label="Kiosk")

    client.post(reverse("token-delete", args=[token.pk]))

    assert user_of_token(secret=secret) == token.user


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


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_account_page_asks_the_database_as_often_for_one_token_as_for_many(
    client, asha, count, django_assert_num_queries
):
    for number in range(count):
        create_token(user=asha, label=f"Kiosk {number}")

    with django_assert_num_queries(4):
        client.get(reverse("account"))


# --- Another email address --------------------------------------------------------------------

NEW = {"email": "asha.rao@example.org", "password": PASSWORD}


def ask_for(client, **changes):
    return client.post(reverse("email-change"), NEW | changes)


def test_an_email_changes_once_its_link_is_used_and_the_old_one_is_mailed(client, asha):
    assert ask_for(client).url == reverse("account")
    [message] = outbox()
    assert message.to == ["asha.rao@example.org"]
    [link] = links(message)
    browser = Client()
    assert b"asha.rao@example.org" in browser.get(link).content
    asha.refresh_from_db()
    assert asha.email == "asha@example.org"

    browser.post(link)

    asha.refresh_from_db()
    assert asha.email == "asha.rao@example.org"
    assert outbox()[-1].to == ["asha@example.org"]
    assert sign_in(Client(), "asha.rao@example.org").status_code == 302
    assert client.get(reverse("account")).status_code == 200


def test_an_address_that_has_changed_stands_in_the_audit_trail_by_key(client, asha):
    ask_for(client)
    Client().post(links(outbox()[-1])[0])

    action_form = AuditEvent.objects.get(action="NEW_EMAIL")
    assert (action_form.user, action_form.person, action_form.details) == (asha, asha, {})


def test_the_link_works_once_and_reveals_nothing_about_its_owner(client, asha):
    ask_for(client)
    [link] = links(outbox()[-1])
    client.post(link)

    assert client.post(link).status_code == client.get(link).status_code == 410
    assert "asha" not in link


def test_tickets_booked_without_an_account_stay_those_of_the_old_address(client, asha):
    ticket = sold(ShowFactory(), "A1")
    assert (ticket.order.user, ticket.order.email) == (None, asha.email)
    forget_mails()
    ask_for(client)

    client.post(links(outbox()[-1])[0])

    assert ticket.get_absolute_url() in client.get(reverse("my-tickets")).content.decode()


def test_an_address_shows_the_tickets_booked_with_it_only_once_it_is_proven(client, asha):
    theirs = sold(ShowFactory(), "A1")
    theirs.order.email = NEW["email"]
    theirs.order.save()

    sign_up(Client(), email=NEW["email"])
    ask_for(client)
    link = links(outbox()[-1])[0]
    client.get(link)
    assert not client.get(reverse("my-tickets")).context["page"].object_list
    assert client.post(reverse("ticket-cancellation", args=[theirs.code])).status_code == 400

    client.post(link)  # whoever has the mail is who booked
    assert list(client.get(reverse("my-tickets")).context["page"]) == [theirs]


def test_only_the_latest_link_works(client, asha):
    ask_for(client)
    ask_for(client, email="rao@example.org")
    first, second = (links(message)[0] for message in outbox())

    assert client.post(first).status_code == 410
    assert client.post(second).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "asha"}, "email"),
        ({"email": "ASHA@example.org"}, "email"),
        ({"password": "wrong"}, "password"),
        ({"password": ""}, "password"),
    ],
)
def test_asking_for_another_address_names_the_field_that_is_wrong(client, asha, wrong, field):
    response = ask_for(client, **wrong)

    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert not outbox()
    assert not EmailProof.objects.exists()


def test_the_password_cannot_be_guessed_in_another_persons_session(client, asha):
    for _ in range(LIMITS[Kind.PASSWORD].at_one_from_one):
        assert ask_for(client, password="wrong").status_code == 400

    assert ask_for(client).status_code == 429


def test_an_email_with_an_account_gets_a_mail_and_the_page_reveals_nothing(client, asha):
    UserFactory(email="asha.rao@example.org")

    assert ask_for(client).url == reverse("account")

    [message] = outbox()
    assert message.to == ["asha.rao@example.org"]
    assert links(message) == [reverse("sign-in")]


def test_an_address_that_got_an_account_meanwhile_is_refused(client, asha):
    ask_for(client)
    [link] = links(outbox()[-1])
    UserFactory(email="asha.rao@example.org")

    assert client.post(link).status_code == 410
    asha.refresh_from_db()
    assert asha.email == "asha@example.org"


def test_a_new_password_cancels_earlier_requests(client, asha):
    ask_for(client)
    [link] = links(outbox()[-1])

    store_password(user=asha, client_ip="", by_mail=True)

    assert client.post(link).status_code == 410


def test_changing_the_email_needs_a_sign_in(client):
    assert ask_for(client).url.startswith(reverse("sign-in"))


def test_requested_mails_from_one_client_are_limited(client, asha):
    for _ in range(TO_ONE):
        ask_for(client)

    assert ask_for(client).status_code == 429
