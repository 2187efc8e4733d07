"""Reads about accounts."""

from cinema.models import User


def has_account(email: str) -> bool:
    """Whether somebody signs in with this address."""
    return User.objects.filter(email=email).exists()
