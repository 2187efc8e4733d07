"""``manage.py createowner``: the first account of an installation."""

import io

import pytest
from django.core.management import CommandError, call_command

from cinema.models import User

pytestmark = pytest.mark.django_db

PASSWORD = "a long night at the pictures"


@pytest.fixture
def password_file(tmp_path):
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n")
    return str(file)


def test_it_creates_an_owner_that_can_sign_in(password_file):
    out = io.StringIO()

    call_command("createowner", "Olga@Example.org", name="Olga", password_file=password_file, stdout=out)

    owner = User.objects.get()
    assert owner.is_owner
    assert (owner.email, owner.name) == ("olga@example.org", "Olga")
    assert owner.check_password(PASSWORD)
    assert "olga@example.org is an owner" in out.getvalue()


@pytest.mark.parametrize(
    ("email", "password", "complaint"),
    [
        ("olga", PASSWORD, "valid email address"),
        ("olga@example.org", "short", "too short"),
        ("olga@example.org", "olga@example.org", "similar"),
    ],
)
def test_says_what_is_wrong_and_makes_nothing(tmp_path, email, password, complaint):
    file = tmp_path / "password"
    file.write_text(password)

    with pytest.raises(CommandError, match=complaint):
        call_command("createowner", email, password_file=str(file))

    assert not User.objects.exists()


def test_says_when_the_address_has_an_account(password_file):
    User.objects.create_user("olga@example.org")

    with pytest.raises(CommandError, match="already an account"):
        call_command("createowner", "olga@example.org", password_file=password_file)


def test_it_asks_for_missing_options(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda prompt: "olga@example.org")
    monkeypatch.setattr("cinema.management.commands.createowner.getpass", lambda prompt: PASSWORD)

    call_command("createowner", stdout=io.StringIO())

    assert User.objects.get().check_password(PASSWORD)


def test_two_different_passwords_make_nothing(monkeypatch):
    answers = iter([PASSWORD, "another password"])
    monkeypatch.setattr("cinema.management.commands.createowner.getpass", lambda prompt: next(answers))

    with pytest.raises(CommandError, match="The two passwords differ"):
        call_command("createowner", "olga@example.org")

    assert not User.objects.exists()
