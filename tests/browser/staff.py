"""Helpers for tests of the back office."""

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from cinema.models import User

HOSTS = ("localhost", "127.0.0.1")  # of Django's server for tests, and of our own


def enter(page: Page, user: User, path: str, office: str = "Back office") -> None:
    """Open a page of the back office as that user; ``office`` is its name in the page's language.

    Signing in by the form is tested in test_first_morning.py.
    """
    client = Client()
    client.force_login(user)
    session = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    page.context.add_cookies([session | {"domain": host, "path": "/"} for host in HOSTS])
    page.goto(path)
    expect(page.get_by_role("navigation", name=office)).to_be_visible()
