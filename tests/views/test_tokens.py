"""The API tokens of an account."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.exceptions import TokenExpired
from cinema.models import ApiToken
from cinema.services.people.failed_tries import LIMITS, Kind
from cinema.services.people.passwords import store_password
from cinema.services.people.tokens import create_token, user_of_token
from tests.factories import PASSWORD, UserFactory
from tests.mails import links, outbox
from tests.views.browsers import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha(client):
    user = UserFactory(email="asha@example.org")
    client.force_login(user)
    return user


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


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_account_page_asks_the_database_as_often_for_one_token_as_for_many(
    client, asha, count, django_assert_num_queries
):
    for number in range(count):
        create_token(user=asha, label=f"Kiosk {number}")

    with django_assert_num_queries(4):
        client.get(reverse("account"))
