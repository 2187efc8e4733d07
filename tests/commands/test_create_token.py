"""manage.py create_token"""

import pytest
from django.core.management import CommandError, call_command

from cinema.models import ApiToken
from cinema.services.people.tokens import user_of_token
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_it_prints_a_secret_that_names_the_user(capsys):
    user = UserFactory(email="asha@example.org")

    call_command("create_token", "ASHA@example.org", "--label", "Kiosk")

    secret = capsys.readouterr().out.strip()
    token = ApiToken.objects.get()
    assert user_of_token(secret=secret) == user
    assert token.label == "Kiosk"
    assert secret not in token.digest


def test_the_token_of_a_closed_account_is_invalid(capsys):
    UserFactory(email="asha@example.org", is_active=False)

    call_command("create_token", "asha@example.org", "--label", "Kiosk")

    assert user_of_token(secret=capsys.readouterr().out.strip()) is None


def test_a_token_is_looked_up_with_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert user_of_token(secret="nonsense") is None


def test_an_unknown_address_is_named():
    with pytest.raises(CommandError, match=r"no account with the email address “nobody@example\.org”"):
        call_command("create_token", "nobody@example.org", "--label", "Kiosk")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--label", "x" * 81], "at most 80"),
        (["--label", ""], "required"),
        ([], "--label"),
        (["--label", "Kiosk", "--days", "0"], "1 to 3650 days"),
        (["--label", "Kiosk", "--days", "3651"], "1 to 3650 days"),
    ],
)
def test_what_makes_no_token_is_refused(options, complaint):
    UserFactory(email="asha@example.org")

    with pytest.raises(CommandError, match=complaint):
        call_command("create_token", "asha@example.org", *options)
    assert not ApiToken.objects.exists()


def test_a_token_is_valid_for_a_year_or_as_chosen():
    UserFactory(email="asha@example.org")

    call_command("create_token", "asha@example.org", "--label", "Kiosk")
    call_command("create_token", "asha@example.org", "--label", "Fair", "--days", "3")

    valid = [token.expires_at - token.created_at for token in ApiToken.objects.order_by("pk")]
    assert [round(each.total_seconds() / 86_400) for each in valid] == [365, 3]
