"""Template context of every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django_htmx.middleware import HtmxDetails

from cinema.selectors.money.gift_cards import sells_gift_cards
from cinema.selectors.people.staff import is_staff_anywhere


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the demo's label, whether gift cards are sold, and the buyer's holds.

    What is read from the database is read only if a page shows it.

    ``here`` is the path of the page in the browser: htmx requests parts of it by other URLs.
    """
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return {
        "demo": settings.DEMO,
        "here": (htmx and htmx.current_url_abs_path) or request.path,
        "works_here": SimpleLazyObject(lambda: is_staff_anywhere(request.user)),
        "gift_cards_on_sale": sells_gift_cards(),
        "my_holds": getattr(request, "my_holds", []),
    }
