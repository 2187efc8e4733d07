"""API tokens: with one a program acts for the user who made it."""

import hashlib
import secrets
from datetime import timedelta

from django.db.models.functions import Now

from cinema.exceptions import TokenExpired
from cinema.models import ApiToken, User
from cinema.services.core import audit
from cinema.services.core.audit import Action
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically

GOOD_FOR = 365  # days, if nothing else is chosen
NOTED_EVERY = timedelta(hours=1)  # that a token is used: at each use it would be a write for every request


@atomically
def create_token(*, user: User, label: str, days: int = GOOD_FOR) -> tuple[ApiToken, str]:
    """Create an API token that ``user`` calls ``label``, and mail them that it was made, in case it was somebody else.

    The second value is the secret; only its digest is kept.
    """
    secret = secrets.token_urlsafe(32)
    expires_at = Now() + timedelta(days=days)
    token = ApiToken.objects.create(user=user, label=label, digest=_digest(secret), expires_at=expires_at)
    audit.note(action=Action.TOKEN, user=user, subject=user, made=token.pk)
    post(kind=Kind.NEW_TOKEN, about=user, label=label, days=days)
    return token, secret


def user_of_token(*, secret: str) -> User | None:
    """The user for whom a program acts with ``secret``; None if there is none, or they may not sign in. That it is used
    is noted now and then. Raises TokenExpired."""
    good = ApiToken.objects.filter(digest=_digest(secret), user__is_active=True)
    token = good.select_related("user").annotate(now=Now()).first()
    if token is None:
        return None
    if token.expires_at <= token.now:
        raise TokenExpired
    if token.last_used_at is None or token.last_used_at <= token.now - NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=Now())
    return token.user


@atomically
def delete_token(*, user: User, token_id: int) -> None:
    """Delete a token of ``user``. Deleting it again, or somebody else's, changes nothing."""
    if ApiToken.objects.filter(user=user, pk=token_id).delete()[0]:
        audit.note(action=Action.TOKEN, user=user, subject=user, deleted=token_id)


@atomically
def delete_tokens(*, user: User, by: User | None = None) -> int:
    """Delete all tokens of ``user``, whose account is closed or may have been in other hands; return how many. It is
    their own doing unless it is ``by`` somebody else's."""
    keys = list(user.api_tokens.order_by("pk").values_list("pk", flat=True))
    if keys:
        user.api_tokens.filter(pk__in=keys).delete()
        audit.note(action=Action.TOKEN, user=by or user, subject=user, deleted=keys)
    return len(keys)


def _digest(secret: str) -> str:
    """What is stored of a token. It is 256 random bits, so a plain SHA-256 cannot be reversed."""
    return hashlib.sha256(secret.encode()).hexdigest()
