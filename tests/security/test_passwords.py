"""Which passwords are accepted: long ones that are not common, of any characters."""

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.urls import reverse
from django.utils import timezone

from cinema.mail.email_proofs import make_token
from cinema.models import EmailProof, User
from tests.factories import UserFactory
from tests.views.browsers import browser, inputs

pytestmark = pytest.mark.django_db


def finish_address() -> str:
    """The URL of the link in a sign-up mail."""
    proof = EmailProof.objects.create(email="ben@example.org", name="Benedict Ali", created_at=timezone.now())
    return reverse("sign-up-finish", args=[make_token(proof.pk)])


def sign_up(password: str):
    return browser().post(finish_address(), {"password1": password, "password2": password})


@pytest.mark.parametrize(
    "password",
    [
        "x1y2z3w4v5",
        "only lower case words",
        "8302957164028395",
        "  spaces around  ",
        "пароль из слов",
        "चार चाय और बारिश",
        "🎬🍿🎟️🪑 four little pictures",
        "x" * 32 + "y" * 32,
        "a long sentence, " * 60,
        "ticket to ride again",
    ],
)
def test_a_long_password_of_anything_is_accepted_and_kept_as_it_is(password: str):
    assert sign_up(password).status_code == 302
    user = User.objects.get()
    assert user.check_password(password)
    assert not any(map(user.check_password, {password.strip(), password.upper(), password[:-1]} - {password}))


@pytest.mark.parametrize(
    "password",
    [
        "ninechar5",
        "1234567890",
        "qwertyuiop",
        "password123",
        "Iloveyou123",
        "benedictali",
        "ben@example.org",
        "Cinema2026",
        "Cinema-Tickets-2026!",
        "ownerowner",
        "Popcorn_1234",
        "welcome staff 1",
    ],
)
def test_a_password_that_is_short_known_or_easily_guessed_is_refused(password: str):
    assert sign_up(password).status_code == 400
    assert not User.objects.exists()


@pytest.mark.parametrize("page", ["sign-in", "sign-up-finish", "password-change"])
def test_a_password_is_masked_and_left_to_password_managers(page: str):
    client = browser()
    if page == "password-change":
        client.force_login(UserFactory())
    address = finish_address() if page == "sign-up-finish" else reverse(page)
    found = [field for field in inputs(client.get(address)) if "password" in field.get("name", "")]

    assert found
    for field in found:
        assert field["type"] == "password"
        assert field["autocomplete"] in ("current-password", "new-password")
        assert not field.keys() & {"onpaste", "maxlength", "readonly"}


def test_a_password_is_kept_by_a_slow_hash():
    """The tests' own are fast; the site's are Django's, first of them PBKDF2 with SHA-256."""
    from cinema import settings

    assert not hasattr(settings, "PASSWORD_HASHERS")
    assert PBKDF2PasswordHasher.iterations >= 600_000


def test_a_new_installation_has_no_accounts():
    assert not User.objects.exists()
