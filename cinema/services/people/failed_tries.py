"""Limits on guessing secrets: an order's e-mail address, a password, an API token, the code of a coupon or gift card.

Failed tries are counted by secret, by client IP address, and by both together. So one client that has used up its tries
does not lock out the others, until the total for the secret is reached. The error then names another way in.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Q
from django.db.models.functions import Now

from cinema.exceptions import (
    RateLimited,
    TooManyGiftCardOrders,
    TooManyWrongCoupons,
    TooManyWrongEmails,
    TooManyWrongGiftCards,
    TooManyWrongPasswords,
    TooManyWrongPins,
    TooManyWrongTokens,
)
from cinema.models import FailedTry
from cinema.selectors.people.fingerprints import fingerprint
from cinema.services.core.locking import lock_holders
from cinema.services.core.transactions import atomically

Kind = FailedTry.Kind
WINDOW = timedelta(hours=1)


class Limits(NamedTuple):
    """The failed tries allowed within WINDOW: for one secret by one client, for one secret, and by one client.

    ``refusal`` is the exception raised beyond them.
    """

    at_one_from_one: int
    at_one: int
    from_one: int
    refusal: Callable[[timedelta], RateLimited]


LIMITS = {
    Kind.TICKET: Limits(5, 30, 20, TooManyWrongEmails),
    Kind.PASSWORD: Limits(5, 20, 20, TooManyWrongPasswords),
    Kind.TOKEN: Limits(20, 20, 20, TooManyWrongTokens),
    Kind.COUPON: Limits(20, 20, 20, TooManyWrongCoupons),
    Kind.GIFT_CARD: Limits(20, 20, 20, TooManyWrongGiftCards),
    Kind.GIFT_ORDER: Limits(20, 20, 20, TooManyGiftCardOrders),
    Kind.PIN: Limits(10, 10, 30, TooManyWrongPins),
}


@atomically
def count_try(*, kind: Kind, about: str = "", client_ip: str, right: bool) -> None:
    """Count a failed try; a ``right`` one is not counted. Call it before the result has any effect.

    ``about`` names the secret, for instance by the account. Raises the error in LIMITS while no tries are left, even if
    this one is right.
    """
    limits, thing, origin = LIMITS[kind], fingerprint(about), fingerprint(client_ip)
    lock_holders(thing.present, origin.present)
    whose = (Q(about__in=thing) & ~Q(about="")) | (Q(origin__in=origin) & ~Q(origin=""))
    recent = FailedTry.objects.filter(whose, kind=kind, at__gt=Now() - WINDOW).annotate(now=Now()).order_by("at")
    at_one = [each for each in recent if thing and each.about in thing]
    from_one = [each for each in recent if origin and each.origin in origin]
    both = [each for each in at_one if each in from_one]
    for tries, most in ((both, limits.at_one_from_one), (at_one, limits.at_one), (from_one, limits.from_one)):
        if len(tries) >= most:
            raise limits.refusal(tries[-most].at + WINDOW - tries[-most].now)
    if not right:
        FailedTry.objects.create(kind=kind, about=thing.present, origin=origin.present, at=Now())


def forget_tries(*, kind: Kind, about: str) -> None:
    """Delete the failed tries about a secret after its owner has proven themselves in another way."""
    FailedTry.objects.filter(kind=kind, about__in=fingerprint(about)).delete()


def forget_failed_tries() -> int:
    """Delete tries older than WINDOW; return how many."""
    return FailedTry.objects.filter(at__lte=Now() - WINDOW).delete()[0]
