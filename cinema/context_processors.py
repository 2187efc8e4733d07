"""What every page shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cinema.selectors.holds import holds_of


def site(request: HttpRequest) -> dict[str, Any]:
    """The demo's label, and the buyer's holds (read only by a page that shows them)."""
    return {
        "demo": settings.DEMO,
        "my_holds": SimpleLazyObject(lambda: holds_of(getattr(request, "buyer", ""))),
    }
