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
    """Keeps cookies as a browser does. ``client_ip`` is where its requests seem to come from."""

    def __init__(self, *, host: str, client_ip: str) -> None:
        self.factory = RequestFactory(SERVER_NAME=host, REMOTE_ADDR=client_ip)
        self.handler = BaseHandler()
        self.handler.load_middleware()

    def get(self, url: str) -> HttpResponse:
        return self._send(self.factory.get(_path(url)))

    def post(self, url: str, data: dict[str, Any]) -> HttpResponse:
        """Post a form, with the token that the page it stood on came with."""
        token = self.factory.cookies[settings.CSRF_COOKIE_NAME].value
        return self._send(self.factory.post(_path(url), {"csrfmiddlewaretoken": token, **data}))

    def post_message(self, url: str, body: bytes, headers: dict[str, str]) -> HttpResponse:
        """Post what a program sends: no cookies, no form."""
        rest = {name: value for name, value in headers.items() if name != "Content-Type"}
        return self._send(self.factory.post(_path(url), body, content_type=headers["Content-Type"], headers=rest))

    def _send(self, request: Any) -> HttpResponse:
        response = self.handler.get_response(request)
        self.factory.cookies.update(response.cookies)
        return response


def filled_in(response: HttpResponse) -> dict[str, list[str]]:
    """What the page itself fills into its form: the hidden inputs, and the box that accepts the terms."""
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
