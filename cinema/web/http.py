"""Requests as the middleware and the decorators hand them to views, for the type checker: nothing is made here."""

from collections.abc import Sequence

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from cinema.models import Hold, User
from cinema.models.annotated import UserOfToken
from cinema.selectors.people.staff import Post


class HtmxRequest(HttpRequest):
    """A request behind the middleware. ``buyer`` is the browser's secret, or ""; see BuyerMiddleware.

    ``is_new_buyer``: the secret was made in this request, so it holds no seats yet. ``my_holds``: as holds_of().
    """

    htmx: HtmxDetails
    buyer: str
    is_new_buyer: bool
    my_holds: Sequence[Hold]
    renew_buyer: bool


class SignInRequest(HttpRequest):
    """A request in which a sign-in failed, as django-axes leaves it; the count is None during a lockout."""

    axes_locked_out: bool
    axes_failures_since_start: int | None


class SignedInRequest(HtmxRequest):
    """A request of a user, who signed in or sent an API token."""

    user: User


class ProgramRequest(SignedInRequest):
    """A request with an API token."""

    user: UserOfToken


class StaffRequest(SignedInRequest):
    """A request of somebody who works here; ``staff_role`` is set where the address names a theatre."""

    staff_role: Post
