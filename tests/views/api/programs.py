"""A program that talks to the JSON interface, as a kiosk does."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cinema.models import Hold, Payment, Show, Ticket, User
from cinema.services.people.tokens import create_token
from tests.factories import UserFactory, seat_ids


class Program:
    """Acts for ``user`` (by default a new one) with a token of its own, from a network ``address``, without cookies."""

    def __init__(self, user: User | None = None, address: str = "127.0.0.1") -> None:
        self.user = user or UserFactory()
        self.client = Client(enforce_csrf_checks=True, REMOTE_ADDR=address)
        self.token = create_token(user=self.user, label="Kiosk")[1]

    def get(self, path: str, **query: str) -> HttpResponse:
        return self.client.get(path, query, headers=self.headers)

    def post(self, body: Any, *, key: str | None = None) -> HttpResponse:
        """Post ``body`` to be booked: bytes as they are, anything else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = self.headers | ({"Idempotency-Key": key} if key is not None else {})
        return self.client.post(reverse("api-book"), content, content_type="application/json", headers=headers)

    def book(self, show: Show, names: str, *, key: str | None = None, **changes: Any) -> HttpResponse:
        """Book the seats called “A1 A2” at the show."""
        return self.post(wish(show, names, **changes), key=key)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class Statements(CaptureQueriesContext):
    """The statements run inside, without those that only bracket a transaction."""

    def __init__(self) -> None:
        super().__init__(connection)

    def __len__(self) -> int:
        brackets = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
        return sum(not query["sql"].startswith(brackets) for query in self.captured_queries)


def wish(show: Show, names: str, **changes: Any) -> dict[str, Any]:
    """What to post to book the seats called “A1 A2” at the show."""
    return {"show_id": show.pk, "seat_ids": seat_ids(show, names), "payment_mode": "UPI"} | changes


def ids(results: Sequence[dict[str, Any]]) -> list[int]:
    return [result["id"] for result in results]


def nothing_is_booked() -> bool:
    return not (Ticket.objects.exists() or Hold.objects.exists() or Payment.objects.exists())


def sentences(answer, field: str) -> list[str]:
    """What a refusal says about a field; and that it is the only thing it says."""
    assert answer.status_code == 400, answer.content
    body = answer.json()
    assert list(body["errors"]) == [field]
    assert body["error"]
    assert nothing_is_booked()
    return body["errors"][field]
