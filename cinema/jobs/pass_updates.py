"""Updates of passes in wallets: Apple has phones fetch them, Google gets them from us. Only background jobs call it.

Code that changes tickets knows nothing of passes: what has changed is found by comparing the number of changes of each
ticket with the last that its passes had. So no change is missed, and none costs a sale anything.
"""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from cinema.models import GooglePass, PassRegistration
from cinema.selectors.booking.tickets import tickets
from cinema.services.booking.passes import note_changes
from cinema.services.core.retries import Backoff, attempt_due
from cinema.wallet.apple_push import ApplePush
from cinema.wallet.errors import PassRefused, WalletUnavailable
from cinema.wallet.google_updates import GoogleWallet
from cinema.wallet.keys import apple_keys, google_keys

W = TypeVar("W", ApplePush, GoogleWallet)

BACKOFF = Backoff(first=timedelta(seconds=30), factor=2, longest=timedelta(hours=1))
PATIENCE = 5.0  # seconds for each wallet and run: other jobs wait
PAUSE = timedelta(minutes=2)  # for all passes in a wallet that does not answer
COMING = Q(ticket__show__ends_at__gt=Now())  # afterwards passes have expired
AWAY = Q(attempted_at__gt=Now() - PAUSE, attempted_at__lte=Now(), last_error=WalletUnavailable.__name__)
QUIET = (WalletUnavailable, PassRefused)  # logged where more is known


def find_changed_passes() -> int:
    """Make the passes due of coming shows that have changed; return how many. Reads all of them.

    Nothing of a wallet without keys.
    """
    found = 0
    if apple_keys():
        found += note_changes(passes=_phones().filter(COMING), changed_at=Now(), due_at=Now())
    if google_keys():
        found += note_changes(passes=GooglePass.objects.filter(COMING), due_at=Now())
    return found


def push_changes() -> int:
    """Notify phones that have due passes in Apple Wallet; return how many. Nothing without keys."""
    if (keys := apple_keys()) is None:
        return 0
    return _update_due(_phones(), lambda: ApplePush(keys), _push)


def update_google_passes() -> int:
    """Update due tickets that are saved in Google Wallet; return how many. Nothing without keys."""
    if (keys := google_keys()) is None:
        return 0
    return _update_due(GooglePass.objects.all(), lambda: GoogleWallet(keys), _update_at_google)


def _phones() -> QuerySet[PassRegistration]:
    """Those that Apple knows."""
    return PassRegistration.objects.exclude(push_token="")


def _update_due(passes: QuerySet[Any], connect: Callable[[], W], update: Callable[[W, Any], bool]) -> int:
    if not passes.filter(due_at__lte=Now()).exists() or passes.filter(AWAY).exists():
        return 0
    with closing(connect()) as wallet:
        attempt = partial(_attempt, passes, partial(update, wallet))
        return attempt_due(rows=passes, attempt=attempt, backoff=BACKOFF, patience=PATIENCE, quiet=QUIET)


def _attempt(passes: QuerySet[Any], update: Callable[[Any], bool], key: int) -> bool:
    """Update a pass. If the wallet does not answer, what else is due in this run waits, too."""
    row = passes.filter(COMING, pk=key).select_related("ticket__show").first()
    if row is None:  # its show is over
        passes.filter(pk=key).update(due_at=None)
        return False
    try:
        done = update(row)
    except WalletUnavailable:
        passes.filter(due_at__lte=Now()).update(due_at=Now() + PAUSE)
        raise
    # If there is a newer version meanwhile, it stays due.
    passes.filter(pk=key, version=row.version).update(due_at=None, attempts=0)
    return done


def _push(apple: ApplePush, phone: PassRegistration) -> bool:
    if apple.push(phone.push_token, until=phone.ticket.show.ends_at):
        return True
    # It may have registered again since, with another token.
    PassRegistration.objects.filter(pk=phone.pk, push_token=phone.push_token).delete()
    return False


def _update_at_google(google: GoogleWallet, link: GooglePass) -> bool:
    return google.update(tickets().get(pk=link.ticket_id))
