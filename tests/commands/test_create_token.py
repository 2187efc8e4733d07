"""manage.py create_token"""

import pytest
from django.core.management import CommandError, call_command

from cinema.models import ApiToken
from cinema.selectors.accounts import user_of_token
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_it_prints_a_secret_that_names_the_user(capsys):
    user = UserFactory(email="asha@example.org")

    call_command("create_token", "ASHA@example.org", "--label", "Kiosk")

    secret = capsys.readouterr().out.strip()
    token = ApiToken.objects.get()
    assert user_of_token(secret) == user
    assert token.label == "Kiosk"
    assert secret not in token.digest


def test_the_token_of_somebody_who_may_not_sign_in_names_nobody(capsys):
    UserFactory(email="asha@example.org", is_active=False)

    call_command("create_token", "asha@example.org")

    assert user_of_token(capsys.readouterr().out.strip()) is None


def test_a_token_is_looked_up_with_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert user_of_token("nonsense") is None


def test_an_unknown_address_is_named():
    with pytest.raises(CommandError, match=r"no account with the e-mail address “nobody@example\.org”"):
        call_command("create_token", "nobody@example.org")


def test_a_label_that_does_not_fit_is_refused():
    UserFactory(email="asha@example.org")

    with pytest.raises(CommandError, match="at most 80"):
        call_command("create_token", "asha@example.org", "--label", "x" * 81)
