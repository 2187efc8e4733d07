"""Browsers without a screen: Django's test client with the cookie of a buyer, and how to read what it gets."""

import re
from contextlib import AbstractContextManager
from html import unescape
from typing import Any
from unittest.mock import patch

from django.contrib import admin
from django.core.signing import get_cookie_signer
from django.http import HttpResponse
from django.test import Client

from cinema.web.middleware import COOKIE

INPUT = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


def browser(buyer: str = "", **options: Any) -> Client:
    """The browser of a buyer, whose holds the factories make under the same name; of nobody yet without one.

    It gets error pages as people do, instead of exceptions.
    """
    client = Client(raise_request_exception=False, **options)
    if buyer:
        client.cookies[COOKIE] = get_cookie_signer(salt=COOKIE).sign(buyer)
    return client


def brief_admin() -> AbstractContextManager[object]:
    """Leave out the list of all models beside each page of Django's admin, which takes longer than the page."""
    return patch.object(admin.site, "get_app_list", return_value=[])


def text(response: HttpResponse) -> str:
    """What the page says, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def inputs(response: HttpResponse) -> list[dict[str, str]]:
    """The attributes of every input of the page."""
    return [
        {name: unescape(value) for name, value in ATTRIBUTE.findall(tag[len("<input") :])}
        for tag in INPUT.findall(response.content.decode())
    ]


def answers(response: HttpResponse) -> dict[str, Any]:
    """What the form on the page would post, the checkboxes of a map aside."""
    fields = [field for field in inputs(response) if "name" in field and field.get("type") != "checkbox"]
    posted: dict[str, Any] = {
        field["name"]: field.get("value", "") for field in fields if field.get("type") != "radio" or "checked" in field
    }
    return posted | {"seats": [field["value"] for field in fields if field["name"] == "seats"]}


def checked(response: HttpResponse) -> list[str]:
    """The names of the ticked seats: “A1”."""
    said = [field["aria-label"] for field in inputs(response) if field.get("name") == "seats" and "checked" in field]
    return ["{}{}".format(*re.match(r"Row (\w+), seat (\d+)", name).groups()) for name in said]


def is_kept_nowhere(response: HttpResponse) -> bool:
    """Whether no cache, and no back button, may show this page again."""
    return "no-store" in response.headers.get("Cache-Control", "")
