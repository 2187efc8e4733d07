"""The language of each request.

A public page has its language in its address: /de/shows/7/ is German, /shows/7/ in the site's own. Addresses of the
back office, the admin and the JSON interface have none: there the cookie of the switch decides, else the browser.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch, resolve, translate_url
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import escape_leading_slashes
from django.utils.translation import get_language_from_request, override

from cinema.domain.languages import NAMES
from cinema.web.decorators import View

NEGOTIATED = ("/api/", "/staff/", "/admin/", "/language/", "/sandbox/")


class LanguageMiddleware:
    """Has each request answered in its language, and leads a visitor who prefers another one to the page in it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if url := _without_old_prefix(request):
            return _redirect(url)
        is_negotiated = request.path_info.startswith(NEGOTIATED)
        language = get_language_from_request(request) if is_negotiated else language_of(request.path_info)
        with override(language):
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            response.streaming_content = _in(language, iter(response))
        if is_negotiated or response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Language", language)
            if is_negotiated or language == settings.LANGUAGE_CODE:
                patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    def process_view(self, request: HttpRequest, view: View, *_: Any) -> HttpResponse | None:
        """Redirect a visitor from an address without a prefix, which any link may have, to their own language."""
        if not _is_visit(request) or language_of(request.path_info) != settings.LANGUAGE_CODE:
            return None
        wanted = get_language_from_request(request)
        if wanted == settings.LANGUAGE_CODE or getattr(view, "stays_in_language", False):
            return None
        here = request.get_full_path()
        there = in_language(here, wanted)
        return _redirect(there) if there != here else None


def stays_in_language(view: View) -> View:
    """Mark a page whose address alone decides its language, such as one in a frame."""
    vars(view)["stays_in_language"] = True
    return view


def language_of(path: str) -> str:
    """The language that a path says by its prefix: LANGUAGE_CODE without one."""
    prefix = path[1:].partition("/")[0]
    return prefix if prefix in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def find_view(path: str) -> ResolverMatch | None:
    """The view of a path, in whichever language, outside a request; None if it has none."""
    with override(language_of(path)), suppress(Resolver404):
        return resolve(path)
    return None


def prefix_of(language: str) -> str:
    """What the paths of pages in a language begin with: “/de”, or "" for LANGUAGE_CODE."""
    return "" if language == settings.LANGUAGE_CODE else f"/{language}"


def in_language(url: str, language: str) -> str:
    """The URL of the same page in a language; ``url`` if its page is not there, or has no language in its address."""
    with override(language_of(urlsplit(url).path)):
        return translate_url(url, language)


def _is_visit(request: HttpRequest) -> bool:
    """Whether a person opens a page. Scripts, calendars and feed readers do not ask for HTML."""
    return (
        request.method in ("GET", "HEAD")
        and "text/html" in request.headers.get("Accept", "")
        and "HX-Request" not in request.headers
        and not request.path_info.startswith(NEGOTIATED)
    )


def _without_old_prefix(request: HttpRequest) -> str:
    """Where a link leads whose language is the site's own by now, or is offered no more; "" for any other request."""
    prefix = request.path_info[1:].partition("/")[0]
    if prefix not in (*NAMES, settings.LANGUAGE_CODE) or request.method not in ("GET", "HEAD"):
        return ""
    if prefix != settings.LANGUAGE_CODE and prefix in dict(settings.LANGUAGES):
        return ""
    rest = request.get_full_path().removeprefix(f"/{prefix}")
    return escape_leading_slashes(rest if rest.startswith("/") else f"/{rest}")


def _redirect(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _in(language: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """A streamed body, which is written when the middleware is done, in its language."""
    with override(language):
        yield from pieces
