"""Clients that book over HTTP: a kiosk with a token, and a buyer with a browser."""

import gzip
import json
import re
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from tests.benchmarks.load import Act
from tests.benchmarks.stage import Pair

TIMEOUT = 30  # seconds
ASKS, ASK_AGAIN = 20, 0.5  # times; seconds
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CONTACT = {"name": "Asha Rao", "email": "asha@example.org", "phone": "+91 98200 12345", "mode": "UPI"}


def booking(pair: Pair, token: str) -> tuple[str, dict[str, str]]:
    """The body and headers of a booking in one step."""
    body = json.dumps({"show_id": pair.show_id, "seat_ids": pair.seats, "payment_mode": "UPI"})
    return body, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


def kiosk(port: int, token: str) -> Act:
    """Book in one step over a persistent connection."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)

    def book(pair: Pair) -> str:
        body, headers = booking(pair, token)
        connection.request("POST", "/api/book/", body, headers)
        response = connection.getresponse()
        response.read()
        return "booked" if response.status == 201 else str(response.status)

    return book


def buyer(port: int, timeout: float = TIMEOUT) -> Act:
    """Make a whole booking in a new browser: seat map, hold, checkout, test gateway, payment, ticket."""

    def book(pair: Pair) -> str:
        browser = Browser(port, timeout)
        try:
            page = browser.get(f"/shows/{pair.show_id}/")
            page = browser.post(f"/shows/{pair.show_id}/hold/", page, {"seats": pair.seats})
            page = browser.post(page.path, page, CONTACT | page.fields("total", "key"))
            page = browser.post(page.path, page, {"decision": "pay"})
            for _ in range(ASKS):
                if page.kind == "payments":  # too many others just ask the gateway: the page asks again by itself
                    time.sleep(ASK_AGAIN)
                    page = browser.get(page.path)
        except LookupError as error:
            return str(error)
        finally:
            browser.close()
        return "booked" if page.status == 200 and page.kind == "tickets" else f"{page.status} {page.kind}"

    return book


class Page(NamedTuple):
    """A response and its final URL."""

    path: str
    status: int
    text: str

    @property
    def kind(self) -> str:
        """“tickets” of “/tickets/…/”."""
        return self.path.split("/")[1]

    def fields(self, *names: str) -> dict[str, str]:
        """The values of the page's hidden fields. Raises LookupError if it has none of that name."""
        found = {name: re.search(rf'name="{name}" value="([^"]+)"', self.text) for name in names}
        if not all(found.values()):
            raise LookupError(f"{self.status} {self.kind}, without its form")
        return {name: match[1] for name, match in found.items()}


class Browser:
    """A minimal browser: cookies, redirects, compression, one persistent connection."""

    def __init__(self, port: int, timeout: float = TIMEOUT) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> Page:
        return self._follow(path, "GET", None, {})

    def post(self, path: str, page: Page, fields: Mapping[str, object]) -> Page:
        """Post the form of ``page`` and follow its redirect."""
        body = urlencode(page.fields("csrfmiddlewaretoken") | fields, doseq=True)
        return self._follow(path, "POST", body, FORM)

    def send(self, path: str, page: Page, fields: Mapping[str, object]) -> str:
        """Post the form of ``page`` and return the redirect's URL. Raises LookupError if there is none."""
        body = urlencode(page.fields("csrfmiddlewaretoken") | fields, doseq=True)
        response, _ = self._ask(path, "POST", body, FORM)
        if response.status != 303:
            raise LookupError(f"{response.status} {path}")
        return urlsplit(response.headers["Location"]).path

    def close(self) -> None:
        self._connection.close()

    def _follow(self, path: str, method: str, body: str | None, headers: dict[str, str]) -> Page:
        response, content = self._ask(path, method, body, headers)
        while response.status in (302, 303):
            path = urlsplit(response.headers["Location"]).path
            response, content = self._ask(path, "GET", None, {})
        return Page(path, response.status, content.decode())

    def _ask(self, path: str, method: str, body: str | None, headers: dict[str, str]) -> tuple[HTTPResponse, bytes]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = headers | {"Accept-Encoding": "gzip"} | ({"Cookie": cookies} if cookies else {})
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        for header in response.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: morsel.coded_value for name, morsel in SimpleCookie(header).items()}
        if response.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        return response, content
