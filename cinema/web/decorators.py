"""Decorators and response helpers for views."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers

from cinema.web.errors import RETRY_AFTER

View = Callable[..., HttpResponseBase]

FORM_AROUND_A_FILE = 64 * 1024  # bytes


def personal(view: View) -> View:
    """Keep a personal page out of caches (the browser's, too).

    A 503 response also gets Retry-After.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        if response.status_code == 503:
            response["Retry-After"] = str(RETRY_AFTER)
        return response

    return wrapper


def takes_files(up_to: int) -> Callable[[View], View]:
    """Accept a file of at most ``up_to`` bytes and the rest of its form; see BodyMiddleware."""

    def decorate(view: View) -> View:
        vars(view)["largest_body"] = up_to + FORM_AROUND_A_FILE
        return view

    return decorate


def see_other(to: Any) -> HttpResponse:
    """Redirect after a successful POST (303), so that reloading does not post again."""
    return HttpResponseRedirect(resolve_url(to), status=303)
