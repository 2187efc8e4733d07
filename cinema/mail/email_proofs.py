"""Signed tokens of the links that confirm an email address; each is the signed key of an EmailProof."""

from django.core import signing

SALT = "cinema.email-proof"


def make_token(key: int) -> str:
    """Sign the key of an EmailProof for a link in a mail."""
    return signing.dumps(key, salt=SALT)


def read_token(token: str) -> int | None:
    """Return the key; None if the token is forged."""
    try:
        key: int = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return key
