"""Addresses below /api/ where there is nothing."""

import pytest
from django.test import Client, override_settings


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
@pytest.mark.parametrize(
    "path", ["/api/", "/api/nothing/", "/api/shows/one/", "/api/tickets/%00/", "/api/../", "/api//"]
)
def test_an_unknown_address_is_answered_with_json(path, method, debug):
    with override_settings(DEBUG=debug):
        answer = getattr(Client(enforce_csrf_checks=True), method)(path)

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert answer.json()["error"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_missing_slash_is_pointed_out_and_not_redirected(client, method):
    answer = getattr(client, method)("/api/book")

    assert answer.status_code == 404
    assert "/api/book/" in answer.json()["error"]


def test_a_host_we_are_not_is_refused_with_json(client):
    answer = client.get("/api/movies/", headers={"host": "evil.example"})

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
