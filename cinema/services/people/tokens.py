"""API tokens, with which a program acts for the user who created it."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models.functions import Now

from cinema.exceptions import TokenExpired
from cinema.models import ApiToken, User
from cinema.models.annotated import UserOfToken
from cinema.services.core import audit
from cinema.services.core.audit import Action
from cinema.services.core.outbox import Kind, post
from cinema.services.core.statements import Query
from cinema.services.core.transactions import atomically

GOOD_FOR = 365  # days, if nothing else is chosen
NOTED_EVERY = timedelta(hours=1)  # the last use is not written more often, to save a write per request


class KnownToken(NamedTuple):
    """A token with its user, whether that user may sell at any theatre, and the database's clock."""

    token: ApiToken
    holder: UserOfToken
    has_role: bool
    now: datetime


# The first statement of each request with a token; nothing is kept between two, so that tokens and roles are revoked
# at once. Most programs are no staff, and need no further statement to know it.
TOKEN = Query(
    "token",
    KnownToken,
    """
    SELECT {token}, {holder}, EXISTS (SELECT 1 FROM cinema_staffrole role WHERE role.user_id = holder.id
                                      AND role.role IN ('MANAGER', 'BOX_OFFICE')), clock_timestamp()
    FROM cinema_apitoken token JOIN cinema_user holder ON holder.id = token.user_id
    WHERE token.digest = %(digest)s AND holder.is_active
    """,
)


@atomically
def create_token(*, user: User, label: str, days: int = GOOD_FOR) -> tuple[ApiToken, str]:
    """Create an API token for ``user``, valid for ``days``, and mail them about it.

    ``label`` is the user's name for it. The second value is the secret, of which only a digest is stored.
    """
    secret = secrets.token_urlsafe(32)
    expires_at = Now() + timedelta(days=days)
    token = ApiToken.objects.create(user=user, label=label, digest=_digest(secret), expires_at=expires_at)
    audit.note(action=Action.TOKEN, user=user, subject=user, made=token.pk)
    post(kind=Kind.NEW_TOKEN, about=user, label=label, days=days)
    return token, secret


def user_of_token(*, secret: str) -> UserOfToken | None:
    """The user of a token, with ``may_sell``; None if it is unknown or the account is closed. Its last use is recorded.

    Raises TokenExpired.
    """
    for token, holder, has_role, now in TOKEN.rows(digest=_digest(secret)):
        if token.expires_at <= now:
            raise TokenExpired
        if token.last_used_at is None or token.last_used_at <= now - NOTED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=Now())
        holder.may_sell = holder.is_owner or has_role
        return holder
    return None


@atomically
def delete_token(*, user: User, token_id: int) -> None:
    """Delete a token of ``user``. Safe to repeat; tokens of other users are ignored."""
    if ApiToken.objects.filter(user=user, pk=token_id).delete()[0]:
        audit.note(action=Action.TOKEN, user=user, subject=user, deleted=token_id)


@atomically
def delete_tokens(*, user: User, by: User | None = None) -> int:
    """Delete all tokens of ``user``; return how many. ``by`` is who did it, by default the user."""
    keys = list(user.api_tokens.order_by("pk").values_list("pk", flat=True))
    if keys:
        user.api_tokens.filter(pk__in=keys).delete()
        audit.note(action=Action.TOKEN, user=by or user, subject=user, deleted=keys)
    return len(keys)


def _digest(secret: str) -> str:
    """The stored digest of a token. Plain SHA-256 is enough, since a token is 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
