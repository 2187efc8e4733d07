"""Browsers that the sellers of a theatre share: each signs on by PIN, and after two idle minutes nobody is signed on.

The session of such a browser belongs to no account, so to all other pages it is a stranger's. Only pages for sellers
at the theatre let the seller in, with the role of box office, whatever roles they have: a PIN is no password.
"""

import time
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest

from cinema.models import Theatre, User
from cinema.models.annotated import SharedBrowserNow
from cinema.selectors.people.shared_browsers import seller_in, shared_browser
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER, post_at
from cinema.services.people.shared_browsers import note_present, share_browser
from cinema.web import sessions

KEY = "shared"
LIFETIME = (12 * sessions.HOUR, sessions.DAY)  # without use, and in any case


def share(request: HttpRequest, theatre: Theatre, by: User) -> None:
    """Sign out, and make this a browser that is shared at a theatre. Its till and the sale in hand remain."""
    kept = {name: request.session[name] for name in ("till", "sale") if name in request.session}
    logout(request)
    unused, in_any_case = LIFETIME
    now = int(time.time())
    browser = share_browser(theatre=theatre, by=by)
    request.session.update(kept | {"seen": now, "ends": now + in_any_case})
    request.session[KEY] = {"code": browser.code, "theatre": theatre.slug}
    request.session.set_expiry(unused)


def unshare(request: HttpRequest, **_: Any) -> None:
    """Somebody has signed in with their password, so the browser is theirs alone."""
    request.session.pop(KEY, None)


def shared_at(request: HttpRequest) -> str:
    """The slug of the theatre at which this browser is shared, "" if it is not."""
    slug: str = request.session.get(KEY, {}).get("theatre", "")
    return slug


def seller(request: HttpRequest) -> User | None:
    """The seller who is signed on in this browser; None if it is locked or not shared (any more).

    Requests that a page makes by itself do not count as somebody being there.
    """
    browser = _browser(request)
    found = seller_in(browser) if browser else None
    if browser and found and (request.method == "POST" or not _is_script(request)):
        note_present(browser=browser)
    return found


def to_sign_on(request: HttpRequest, slug: str) -> SharedBrowserNow | None:
    """This browser, if sellers of the theatre may sign on here. It is shared no more once who set it up may not sell
    there."""
    if shared_at(request) != slug:
        return None
    browser = _browser(request)
    post = post_at(browser.set_up_by, slug) if browser else None
    if browser and post and post.may(MANAGER, BOX_OFFICE):
        browser.theatre = post.theatre
        return browser
    request.session.flush()
    return None


def _browser(request: HttpRequest) -> SharedBrowserNow | None:
    """This browser, None if it is not shared. Ends the session if it is shared no more."""
    if not shared_at(request):
        return None
    browser = shared_browser(request.session[KEY]["code"])
    if browser is None:
        request.session.flush()
    return browser


def _is_script(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
