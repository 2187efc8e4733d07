"""What Django's own shortcuts leave to write."""

from typing import TypeVar

from django.http import Http404

T = TypeVar("T")


def or_404(found: T | None) -> T:
    """Return what a selector found. Raises Http404 when that is None."""
    if found is None:
        raise Http404
    return found
