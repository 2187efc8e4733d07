"""Access to the back office by role. Pages that a user may not see are 404 for them."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import reswap, trigger_client_event

from cinema.models import Theatre, TillSession
from cinema.selectors.money.tills import till_of_browser
from cinema.selectors.people.staff import is_anywhere, post_at
from cinema.web import sessions, shared
from cinema.web.decorators import View, personal, see_other
from cinema.web.http import StaffRequest

LOCKED = 423  # of RFC 4918


def at_theatre(*roles: str) -> Callable[[View], View]:
    """Restrict a view to owners and to users with one of ``roles`` at the theatre with the URL's ``slug``.

    The view gets ``theatre`` instead of ``slug``; ``request.staff_role`` has all roles of the user there. In a browser
    that sellers share, ``request.user`` is the one who is signed on: see web.shared.
    """

    def decorate(view: View) -> View:
        @personal
        @wraps(view)
        def wrapper(request: StaffRequest, slug: str, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _as_seller(request, slug, roles, view, kwargs)
            post = post_at(request.user, slug)
            if post is None or not post.may(*roles):
                raise Http404
            if sessions.end_if_long(request):
                return _sign_in_first(request)
            request.staff_role = post
            return view(request, post.theatre, **kwargs)

        vars(wrapper)["roles"] = roles
        return wrapper

    return decorate


def at_shared_till(*roles: str) -> Callable[[View], View]:
    """Restrict a view to browsers that sellers of the theatre share, even if nobody is signed on.

    The view gets ``browser`` instead of ``slug``. Others who may sell there are led to the counter.
    """

    def decorate(view: View) -> View:
        @at_theatre(*roles)
        def to_counter(request: StaffRequest, theatre: Theatre) -> HttpResponse:
            return redirect("staff-sell", theatre.slug)

        @personal
        @wraps(view)
        def wrapper(request: StaffRequest, slug: str) -> HttpResponseBase:
            browser = None if request.user.is_authenticated else shared.to_sign_on(request, slug)
            return view(request, browser) if browser else to_counter(request, slug=slug)

        vars(wrapper)["roles"] = roles
        return wrapper

    return decorate


def anywhere(*roles: str) -> Callable[[View], View]:
    """Restrict a view to owners and to users with one of ``roles`` at any theatre."""

    def decorate(view: View) -> View:
        @personal
        @wraps(view)
        def wrapper(request: StaffRequest, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in_first(request)
            if not is_anywhere(request.user, roles):
                raise Http404
            if sessions.end_if_long(request):
                return _sign_in_first(request)
            return view(request, **kwargs)

        vars(wrapper)["roles"] = roles
        return wrapper

    return decorate


def _as_seller(
    request: StaffRequest, slug: str, roles: Collection[str], view: View, kwargs: dict[str, Any]
) -> HttpResponseBase:
    """Let the seller who is signed on in a shared browser see the view; lead others to signing on, or in."""
    user = shared.seller(request)
    if user is None:
        return _sign_in_first(request)
    post = post_at(user, slug) if slug == shared.shared_at(request) else None
    if post is None or not post.only_selling().may(*roles):
        raise Http404
    request.user, request.staff_role = user, post.only_selling()
    return view(request, post.theatre, **kwargs)


def _sign_in_first(request: StaffRequest) -> HttpResponse:
    """Redirect a page to the sign-in, whether or not it exists; requests of scripts get 404.

    In a shared browser a page leads to signing on by PIN, and whatever was to be done is not done.
    """
    if slug := shared.shared_at(request):
        return _sign_on_first(request, slug)
    if request.method != "GET" or request.htmx:
        raise Http404
    return redirect_to_login(request.get_full_path())


def _sign_on_first(request: StaffRequest, slug: str) -> HttpResponse:
    url = reverse("staff-sell-sign-on", args=[slug])
    if request.htmx:
        answer = HttpResponse(status=LOCKED)
        return trigger_client_event(reswap(answer, "none"), "till-locked")
    if request.method not in ("GET", "HEAD"):
        messages.error(request, _("The screen was locked, so nothing was done. Please sign on and try again."))
        return see_other(url)
    return redirect(f"{url}?{urlencode({'next': request.get_full_path()})}")


def till_of(request: StaffRequest, theatre: Theatre) -> TillSession | None:
    """The session of a till that this browser sells in, if one is open."""
    return till_of_browser(theatre, request.session.get("till", ""))


@personal
def nothing(request: StaffRequest, **kwargs: Any) -> HttpResponse:
    """Unknown URLs of the back office: 404, as for pages that the user may not see."""
    if not request.user.is_authenticated:
        return _sign_in_first(request)
    raise Http404
