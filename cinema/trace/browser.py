"""A browser without a network: each request goes through URL dispatcher, middleware and view in this thread."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse
from django.test import RequestFactory

INPUT = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


class Browser:
    """A client that keeps cookies. ``client_ip`` is the apparent source of its requests."""

    def __init__(self, *, host: str, client_ip: str) -> None:
        self.factory = RequestFactory(SERVER_NAME=host, REMOTE_ADDR=client_ip)
        self.handler = BaseHandler()
        self.handler.load_middleware()

    def get(self, url: str) -> HttpResponse:
        return self._send(self.factory.get(_path(url)))

    def post(self, url: str, data: dict[str, Any]) -> HttpResponse:
        """Post a form, with the CSRF token of the last page."""
        token = self.factory.cookies[settings.CSRF_COOKIE_NAME].value
        return self._send(self.factory.post(_path(url), {"csrfmiddlewaretoken": token, **data}))

    def post_message(self, url: str, body: bytes, headers: dict[str, str]) -> HttpResponse:
        """Post a message as a program does, without a form and a CSRF token."""
        rest = {name: value for name, value in headers.items() if name != "Content-Type"}
        return self._send(self.factory.post(_path(url), body, content_type=headers["Content-Type"], headers=rest))

    def _send(self, request: Any) -> HttpResponse:
        response = self.handler.get_response(request)
        if not isinstance(response, HttpResponse):
            raise TypeError("This browser reads no stream.")
        self.factory.cookies.update(response.cookies)
        return response


def filled_in(response: HttpResponse) -> dict[str, list[str]]:
    """The values of a page's hidden inputs, and of the checkbox that accepts the terms."""
    found: dict[str, list[str]] = {}
    for tag in INPUT.findall(response.content.decode()):
        attributes = dict(ATTRIBUTE.findall(tag))
        name = attributes.get("name", "")
        if attributes.get("type") == "hidden" or name == "terms":
            found.setdefault(name, []).append(attributes.get("value", ""))
    found.pop("csrfmiddlewaretoken", None)
    return found


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
