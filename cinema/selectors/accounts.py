"""Reads about accounts."""

import hashlib

from cinema.models import User


def token_digest(secret: str) -> str:
    """Return what is stored of an API token. The secret is 256 random bits, so a plain SHA-256 cannot be reversed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def has_account(email: str) -> bool:
    """Whether somebody signs in with this address."""
    return User.objects.filter(email=email).exists()


def user_of_token(secret: str) -> User | None:
    """Return the user for whom a program acts with ``secret``; None if there is none or they may not sign in."""
    return User.objects.filter(api_tokens__digest=token_digest(secret), is_active=True).first()
