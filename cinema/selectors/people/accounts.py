"""Reads about accounts."""

from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now

from cinema.models import EmailProof, User


def has_account(email: str) -> bool:
    """Whether somebody signs in with this address."""
    return User.objects.filter(email=email).exists()


def proof_by_key(key: int | None, *, of_account: bool) -> EmailProof | None:
    """The proof with that key, for the new address of an account or for a new account, unless its time is over."""
    if key is None:
        return None
    since = Now() - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    proofs = EmailProof.objects.filter(pk=key, created_at__gt=since, user__isnull=not of_account)
    return proofs.select_related("user").first()
