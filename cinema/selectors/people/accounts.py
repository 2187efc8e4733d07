"""Reads about accounts."""

from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now

from cinema.models import EmailProof, User


def has_account(email: str) -> bool:
    """Whether there is an account with this email address."""
    return User.objects.filter(email=email).exists()


def proof_by_key(key: int | None, *, of_account: bool) -> EmailProof | None:
    """The email proof with this key unless it has expired.

    ``of_account``: for a new address of an existing account; else for a new account.
    """
    if key is None:
        return None
    since = Now() - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    proofs = EmailProof.objects.filter(pk=key, created_at__gt=since, user__isnull=not of_account)
    return proofs.select_related("user").first()
