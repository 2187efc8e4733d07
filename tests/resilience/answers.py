"""The responses of a server at every URL while its database is away."""

import re
from collections.abc import Iterable, Iterator
from http.client import HTTPConnection
from typing import NamedTuple

from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from cinema.models import User
from tests.benchmarks.server import Server
from tests.views.browsers import browser

# The ways in which a database goes away: it is stopped or crashes, or there is no file where it was.
MODES = ["fast", "immediate"] if connection.vendor == "postgresql" else ["moved"]
PATIENCE = 5  # seconds for one answer
TOKEN = "a" * 32
FORM = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": TOKEN, "Authorization": "Bearer any"}


class Answer(NamedTuple):
    what: str
    status: int
    retry_after: str
    text: str

    @property
    def says_when_to_try_again(self) -> bool:
        """Whether the response has 503 and Retry-After, or the equivalent of its kind; an open map polls by itself."""
        words = "please try again in a few seconds", '"failing": ["database"]'
        told = any(each in self.text for each in words) or self.what.endswith("/live/")
        return self.status == 503 and self.retry_after.isdecimal() and told


def ask(server: Server, method: str, path: str, cookies: str = "") -> Answer:
    """Send a request with a browser's cookies. Raises TimeoutError after PATIENCE."""
    line = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        line.request(method, path, "" if method == "POST" else None, FORM | {"Cookie": f"csrftoken={TOKEN}; {cookies}"})
        response = line.getresponse()
        text = response.read().decode()
        return Answer(f"{method} {path}", response.status, response.headers.get("Retry-After", ""), text)
    finally:
        line.close()


def cookies_of(user: User) -> str:
    """The cookies of a browser of that user after signing in and holding seats."""
    client = browser("asha")
    client.force_login(user)
    return "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())


def addresses(patterns: Iterable[URLPattern | URLResolver] = (), root: str = "/") -> Iterator[str]:
    """Every URL of pages and the API, with 1 for every parameter but a gateway's name."""
    for pattern in patterns or get_resolver().url_patterns:
        route = root + re.sub("<[^>]+>", "1", re.sub("<[^>]*gateway>", "sandbox", str(pattern.pattern)))
        if isinstance(pattern, URLResolver) and not route.startswith("/admin/"):
            yield from addresses(pattern.url_patterns, route)
        elif hasattr(pattern.pattern, "_route"):
            yield route


def complaints(answers: Iterable[Answer]) -> list[str]:
    """The responses that fail without Retry-After."""
    return [
        f"{answer.what}: {answer.status}"
        for answer in answers
        if answer.status >= 500 and not answer.says_when_to_try_again
    ]
