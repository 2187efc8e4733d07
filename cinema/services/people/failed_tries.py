"""Guessing what only somebody in particular can know: not too often at one thing, nor from one place.

At a thing others keep their tries when one place has used up its own, until all together have been too many; then
there is another way in, which the refusal names.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Q
from django.db.models.functions import Now

from cinema.exceptions import RateLimited, TooManyWrongEmails, TooManyWrongPasswords, TooManyWrongTokens
from cinema.models import FailedTry
from cinema.selectors.people.fingerprints import fingerprint
from cinema.services.core.locking import lock_holders
from cinema.services.core.transactions import atomically

Kind = FailedTry.Kind
WINDOW = timedelta(hours=1)


class Limits(NamedTuple):
    """How many wrong tries there can be within the WINDOW, and what is raised then."""

    at_one_from_one: int
    at_one: int
    from_one: int
    refusal: Callable[[timedelta], RateLimited]


LIMITS = {
    Kind.TICKET: Limits(5, 30, 20, TooManyWrongEmails),
    Kind.PASSWORD: Limits(5, 20, 20, TooManyWrongPasswords),
    Kind.TOKEN: Limits(20, 20, 20, TooManyWrongTokens),
}


@atomically
def count_try(*, kind: Kind, about: str = "", client_ip: str, right: bool) -> None:
    """Count a try about something, from a ``client_ip``, unless it is ``right``. To be called before anything is
    done or said about it: raises the refusal of the LIMITS while tries are used up, right or wrong."""
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
    """Let those try again who have proven otherwise that they know it."""
    FailedTry.objects.filter(kind=kind, about__in=fingerprint(about)).delete()


def forget_failed_tries() -> int:
    """Delete what no longer counts; return how many tries that were."""
    return FailedTry.objects.filter(at__lte=Now() - WINDOW).delete()[0]
