"""Access to the back office by role. Pages that a user may not see are 404 for them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase

from cinema.selectors.people.staff import is_anywhere, post_at
from cinema.web import sessions
from cinema.web.decorators import View, personal
from cinema.web.http import StaffRequest


def at_theatre(*roles: str) -> Callable[[View], View]:
    """Restrict a view to owners and to users with one of ``roles`` at the theatre with the URL's ``slug``.

    The view gets ``theatre`` instead of ``slug``; ``request.staff_role`` has all roles of the user there.
    """

    def decorate(view: View) -> View:
        @personal
        @wraps(view)
        def wrapper(request: StaffRequest, slug: str, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in_first(request)
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


def _sign_in_first(request: StaffRequest) -> HttpResponse:
    """Redirect a page to the sign-in, whether or not it exists; requests of scripts get 404."""
    if request.method != "GET" or request.htmx:
        raise Http404
    return redirect_to_login(request.get_full_path())


@personal
def nothing(request: StaffRequest, **kwargs: Any) -> HttpResponse:
    """Unknown URLs of the back office: 404, as for pages that the user may not see."""
    if not request.user.is_authenticated:
        return _sign_in_first(request)
    raise Http404
