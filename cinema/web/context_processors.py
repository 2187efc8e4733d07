"""Template context of every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django_htmx.middleware import HtmxDetails

from cinema.selectors.booking.holds import holds_of
from cinema.selectors.people.legal import published_texts
from cinema.selectors.people.staff import is_staff_anywhere


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the demo's label, the legal texts in the footer, and the buyer's holds (read only if a page shows them).

    ``here`` is the path of the page in the browser: htmx requests parts of it by other URLs.
    """
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return {
        "demo": settings.DEMO,
        "here": (htmx and htmx.current_url_abs_path) or request.path,
        "works_here": SimpleLazyObject(lambda: is_staff_anywhere(request.user)),
        "legal_texts": SimpleLazyObject(published_texts),
        "my_holds": SimpleLazyObject(lambda: holds_of(getattr(request, "buyer", ""))),
    }
