"""Each request has an ID, which is in its response, its log lines and its error page."""

import pytest
from django.urls import reverse

from cinema.live import application
from cinema.live.hub import Hub
from tests.factories import ShowFactory
from tests.live.watching import on_a_loop
from tests.views.browsers import browser, text

GIVEN = "9f86d081884c7d659a2feaa0c55ad015"


@pytest.fixture
def answered(caplog):
    """The log line of each request: ID, method, route and status."""
    caplog.set_level("INFO", "cinema.requests")
    return lambda: [
        (r.context.id, r.context.method, r.context.route, r.facts["status"])
        for r in caplog.records
        if hasattr(r, "facts")
    ]


@pytest.mark.django_db
def test_a_request_is_logged_with_id_route_and_status(answered):
    answer = browser().get(reverse("ticket", args=["secret-code"]))

    assert answered() == [(answer["X-Request-ID"], "GET", "ticket", 404)]


@pytest.mark.django_db
def test_two_requests_have_different_ids(answered):
    names = {browser().get("/nowhere/")["X-Request-ID"] for _ in range(2)}

    assert len(names) == 2
    assert all(len(name) == 16 for name in names)


@pytest.mark.parametrize(
    ("given", "secure", "believed"),
    [
        (GIVEN, True, True),
        ("9F86D081-884C-4D65-9A2F-EAA0C55AD015", True, True),
        (GIVEN, False, False),  # only the proxy can mark a request as HTTPS
        ("asha@example.org", True, False),
        ("9f86d081", True, False),
        ("9f" * 40, True, False),
        (GIVEN + "\nINFO all is well", True, False),
    ],
)
@pytest.mark.django_db
def test_only_a_valid_request_id_of_the_proxy_is_used(given, secure, believed):
    answer = browser().get("/nowhere/", headers={"X-Request-ID": given}, secure=secure)

    assert (answer["X-Request-ID"] == given) is believed


@pytest.mark.django_db
def test_an_error_page_shows_the_request_id(monkeypatch):
    monkeypatch.setattr("cinema.views.live_map.live_state", lambda pk: 1 / 0)

    answer = browser().get(reverse("show-seat-map", args=[1]))

    assert f"please quote {answer['X-Request-ID']}" in text(answer)
    assert "quote" not in text(browser().get("/nowhere/"))


@pytest.mark.django_db(transaction=True)
def test_a_stream_is_logged_once_when_it_ends(answered, monkeypatch):
    path = reverse("show-live", args=[ShowFactory().pk])
    scope = {"type": "http", "method": "GET", "scheme": "http", "path": path, "query_string": b"", "headers": []}

    async def leaves_at_once():
        return {"type": "http.disconnect"}

    async def hears(message):
        pass

    async def scenario():
        monkeypatch.setattr(application, "hub", Hub())
        await application.application(scope, leaves_at_once, hears)
        await application.hub.close()

    on_a_loop(scenario())

    assert [line[1:] for line in answered()] == [("GET", "show-live", 200)]
