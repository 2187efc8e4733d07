"""The client of Apple's push service, against a fake of it over real HTTP/2 and TLS."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from cinema.wallet import apple_push, http2
from cinema.wallet.apple_push import ApplePush
from cinema.wallet.errors import PassRefused, WalletUnavailable
from cinema.wallet.keys import read_apple_keys
from tests import wallets
from tests.fakes.apple_push import FakeApplePush

UNTIL = datetime(2100, 11, 26, 13, 0, tzinfo=UTC)
PING = b"\0\0\x08\x06\0\0\0\0\0" + bytes(8)


@pytest.fixture
def service(apple: FakeApplePush) -> Iterator[ApplePush]:
    client = ApplePush(read_apple_keys(wallets.apple_file()))
    yield client
    client.close()


def hang(line: ssl.SSLSocket) -> None:
    line.settimeout(5)
    line.recv(1)


def drip(line: ssl.SSLSocket) -> None:
    """Say something all the time, but never an answer."""
    for _ in range(250):
        line.sendall(PING)
        time.sleep(0.02)


def test_pushes_are_empty_and_go_over_one_connection_with_the_certificate(apple, service):
    assert [service.push("ab12", until=UNTIL), service.push("cd34", until=UNTIL)] == [True, True]

    first, second = apple.pushes
    assert (first.token, first.body, first.pass_type) == ("ab12", b"{}", wallets.PASS_TYPE)
    assert (first.headers["apns-topic"], first.headers["apns-expiration"]) == (wallets.PASS_TYPE, f"{UNTIL:%s}")
    assert (first.headers[":method"], second.token, len(apple.connections)) == ("POST", "cd34", 1)


@pytest.mark.parametrize("refusal", [(410, "Unregistered"), (400, "BadDeviceToken"), (400, "DeviceTokenNotForTopic")])
def test_a_phone_that_is_gone_is_told_apart(refusal, apple, service):
    apple.refused["ab12"] = refusal

    assert not service.push("ab12", until=UNTIL)


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        (400, "BadExpirationDate", PassRefused),
        (403, "BadCertificate", WalletUnavailable),
        (429, "TooManyRequests", WalletUnavailable),
        (503, "Shutdown", WalletUnavailable),
        (302, "x", WalletUnavailable),
        (400, "x" * 5_000, WalletUnavailable),
    ],
    ids=["this one", "we", "too many", "down", "elsewhere", "endless"],
)
def test_other_refusals_are_about_one_pass_or_about_all(status, reason, error, apple, service):
    apple.refused["ab12"] = status, reason

    with pytest.raises(error):
        service.push("ab12", until=UNTIL)


@pytest.mark.parametrize(
    "trouble",
    [hang, drip, lambda line: line.sendall(b"HTTP/1.1 200 OK\r\n\r\n" * 9), lambda line: None],
    ids=["hangs", "drips", "speaks otherwise", "hangs up"],
)
def test_a_server_that_gives_no_answer_costs_little_time(trouble, apple, service, monkeypatch):
    monkeypatch.setattr(http2, "LONGEST", 0.4)
    apple.trouble.append(trouble)
    began = time.monotonic()

    with pytest.raises(WalletUnavailable):
        service.push("ab12", until=UNTIL)
    assert time.monotonic() - began < 3
    assert not apple.pushes


def test_a_name_server_that_gives_no_answer_costs_little_time(apple, service, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(http2, "LONGEST", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *at, **kind: answered.wait(4) and [])
    began = time.monotonic()

    with pytest.raises(WalletUnavailable):
        service.push("ab12", until=UNTIL)
    answered.set()
    assert time.monotonic() - began < 3


def test_a_server_without_an_address_is_away(apple, service, monkeypatch):
    def unknown(*at: object, **kind: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(WalletUnavailable):
        service.push("ab12", until=UNTIL)


def test_a_kept_connection_that_has_ended_is_made_again(apple, service):
    service.push("ab12", until=UNTIL)
    apple.hang_up()

    assert service.push("cd34", until=UNTIL)
    assert [push.token for push in apple.pushes] == ["ab12", "cd34"]


def test_a_server_of_another_authority_is_not_told_anything(apple, monkeypatch):
    monkeypatch.setattr(apple_push, "AUTHORITIES", DEFAULT_CA_BUNDLE_PATH)

    with pytest.raises(WalletUnavailable):
        ApplePush(read_apple_keys(wallets.apple_file())).push("ab12", until=UNTIL)
    assert not apple.pushes


def test_where_nobody_listens_the_push_fails_at_once(apple, settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.APPLE_PUSH_API = f"https://localhost:{closed.getsockname()[1]}"

    with pytest.raises(WalletUnavailable):
        ApplePush(read_apple_keys(wallets.apple_file())).push("ab12", until=UNTIL)
