"""The cinema's URLs, and an empty page: the floor of a page, through the same middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from cinema import urls
from cinema.urls import handler400, handler403, handler404, handler500  # noqa: F401, errors look as ever

EMPTY = "/empty/"


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path(EMPTY.removeprefix("/"), empty), *urls.urlpatterns]
