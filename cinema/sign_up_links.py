"""The link with which somebody proves that an e-mail address is theirs, and finishes signing up. Nothing is stored."""

from typing import NamedTuple

from django.conf import settings
from django.core import signing

SALT = "cinema.sign-up"


class SignUp(NamedTuple):
    """Who wants an account, and the address of this site, or "", to lead to afterwards."""

    email: str
    name: str
    leads_to: str = ""


def make_token(wish: SignUp) -> str:
    """Sign the wish for a link in a mail."""
    return signing.dumps(wish, salt=SALT, compress=True)


def read_token(token: str) -> SignUp | None:
    """The wish, unless the token is forged or older than settings.PASSWORD_RESET_TIMEOUT."""
    try:
        return SignUp(*signing.loads(token, salt=SALT, max_age=settings.PASSWORD_RESET_TIMEOUT))
    except signing.BadSignature:
        return None
