"""Accounts, and the tokens of the programs that act for them."""

import secrets

from django.db import IntegrityError, transaction

from cinema.exceptions import AddressTaken
from cinema.models import ApiToken, User
from cinema.selectors.accounts import token_digest


def sign_up(*, email: str, name: str, password: str) -> User:
    """Create an account. Raise ``AddressTaken`` if the e-mail address, in any case, has one already."""
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name)
    except IntegrityError as error:
        raise AddressTaken from error


def create_owner(*, email: str, name: str, password: str) -> User:
    """Create the account of an owner. Raise ``AddressTaken`` if the e-mail address, in any case, has one already."""
    try:
        with transaction.atomic():
            return User.objects.create_superuser(email, password, name=name)
    except IntegrityError as error:
        raise AddressTaken from error


def create_token(*, user: User, label: str = "") -> tuple[ApiToken, str]:
    """Create an API token for ``user``. The second value is the secret; only its digest is kept."""
    secret = secrets.token_urlsafe(32)
    return ApiToken.objects.create(user=user, label=label, digest=token_digest(secret)), secret


def delete_token(*, user: User, token_id: int) -> None:
    """Delete a token of ``user``. Deleting it again, or somebody else's, changes nothing."""
    ApiToken.objects.filter(user=user, pk=token_id).delete()
