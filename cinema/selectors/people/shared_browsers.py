"""The seller who is signed on in a browser that sellers share."""

from datetime import timedelta

from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare

from cinema.models import SharedBrowser, User
from cinema.models.annotated import SharedBrowserNow

LOCKED_AFTER = timedelta(minutes=2)


def shared_browser(code: str) -> SharedBrowserNow | None:
    """The browser, with the user who set it up and the seller who is signed on. None if it is shared no more: that user
    has another password now, or no account. One statement."""
    rows = SharedBrowser.objects.select_related("set_up_by", "seller").annotate(now=Now())
    browser: SharedBrowserNow | None = rows.filter(code=code, set_up_by__is_active=True).first()
    if browser and constant_time_compare(browser.set_up_by.get_session_auth_hash(), browser.password):
        return browser
    return None


def seller_in(browser: SharedBrowserNow) -> User | None:
    """The seller who is signed on; None if the browser is locked."""
    seller = browser.seller
    return seller if seller and seller.is_active and browser.now - browser.seen_at < LOCKED_AFTER else None
