"""What Django's own shortcuts leave to write."""

from typing import TypeVar

from django.http import Http404, QueryDict

T = TypeVar("T")


class Gone(Http404):
    """What was at this URL will not come back: 410, so that search engines forget it at once."""


def or_404(found: T | None) -> T:
    """Return what a selector found. Raises Http404 when that is None."""
    if found is None:
        raise Http404
    return found


def typed(query: QueryDict, name: str, longest: int = 200) -> str:
    """Return what a query string says under ``name``, at most ``longest`` characters; "" if nothing.

    Null characters are left out: PostgreSQL accepts them in no text.
    """
    return query.get(name, "").replace("\0", "").strip()[:longest]
