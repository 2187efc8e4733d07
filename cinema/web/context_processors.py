"""What every page shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cinema.selectors.booking.holds import holds_of
from cinema.selectors.people.legal import published_texts
from cinema.selectors.people.staff import is_staff_anywhere


def site(request: HttpRequest) -> dict[str, Any]:
    """The demo's label, the texts its foot links, and the buyer's holds (both read only by a page that shows them).

    ``here`` is the path of the page that is open: htmx asks other addresses for parts of it.
    """
    open_page = request.htmx.current_url_abs_path if getattr(request, "htmx", None) else None
    return {
        "demo": settings.DEMO,
        "here": open_page or request.path,
        "works_here": SimpleLazyObject(lambda: is_staff_anywhere(request.user)),
        "legal_texts": SimpleLazyObject(published_texts),
        "my_holds": SimpleLazyObject(lambda: holds_of(getattr(request, "buyer", ""))),
    }
