"""Browsers that sellers share: set up, signed on by PIN, locked."""

from datetime import timedelta

from django.db.models.functions import Now

from cinema.models import SharedBrowser, Theatre, User
from cinema.models.annotated import SharedBrowserNow
from cinema.services.core.transactions import atomically
from cinema.services.people.pins import prove_pin
from cinema.services.people.sign_ins import note_sign_on

NOTED_EVERY = timedelta(seconds=5)
FORGOTTEN_AFTER = timedelta(days=2)


@atomically
def share_browser(*, theatre: Theatre, by: User) -> SharedBrowser:
    """Set up a browser at a theatre, for the session of one in which ``by`` was signed in."""
    now = {"created_at": Now(), "seen_at": Now()}
    return SharedBrowser.objects.create(theatre=theatre, set_up_by=by, password=by.get_session_auth_hash(), **now)


def sign_on(*, browser: SharedBrowser, user: User, pin: str, client_ip: str) -> None:
    """Let a seller sell in this browser. Raises WrongPin, TooManyWrongPins."""
    prove_pin(theatre=browser.theatre, user=user, pin=pin, client_ip=client_ip)
    _sign_on(browser, user, client_ip)


@atomically
def _sign_on(browser: SharedBrowser, user: User, client_ip: str) -> None:
    if browser.last_seller_id != user.pk:
        note_sign_on(user=user, theatre=browser.theatre, client_ip=client_ip)
    SharedBrowser.objects.filter(pk=browser.pk).update(seller=user, last_seller=user, seen_at=Now())


@atomically
def lock_browser(*, browser: SharedBrowser) -> None:
    """Let nobody sell in this browser until somebody signs on."""
    SharedBrowser.objects.filter(pk=browser.pk).update(seller=None)


@atomically
def note_present(*, browser: SharedBrowserNow) -> None:
    """Record that the seller is there, every few seconds at most."""
    if browser.now - browser.seen_at >= NOTED_EVERY:
        SharedBrowser.objects.filter(pk=browser.pk, seller=browser.seller_id).update(seen_at=Now())


@atomically
def forget_shared_browsers() -> int:
    """Delete browsers that have not been used for FORGOTTEN_AFTER, longer than a session lasts; return how many."""
    return SharedBrowser.objects.filter(seen_at__lte=Now() - FORGOTTEN_AFTER).delete()[0]
