"""Whose word about where a request comes from is believed: that of the proxies the installation names."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest
from uvicorn import Config, Server
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from cinema.live.worker import Worker
from cinema.web.client_ip import SOCKET, behind_proxies, client_ip, client_of

PROXY, BUYER, FORGED = "10.0.0.5", "203.0.113.7", "198.51.100.1"
PROXIES = [ip_network("10.0.0.0/24"), ip_network("2001:db8:1::/48")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (BUYER, "", BUYER),
        (BUYER, FORGED, BUYER),  # nobody's proxy
        (BUYER, f"{FORGED}, {PROXY}", BUYER),
        (PROXY, "", PROXY),
        (PROXY, BUYER, BUYER),
        (PROXY, f"{FORGED}, {BUYER}", BUYER),  # the buyer wrote the left one
        (PROXY, f"{FORGED},{BUYER} , 10.0.0.6", BUYER),  # two proxies, one behind the other
        (PROXY, f"{BUYER}, 10.0.1.6", "10.0.1.6"),  # the second is not ours
        (PROXY, f"{BUYER}, unknown", PROXY),
        (PROXY, f"{BUYER}:5000", BUYER),
        (PROXY, "[2001:db8::7]:5000", "2001:db8::7"),
        ("2001:db8:1::1", "2001:DB8::0007", "2001:db8::7"),
        ("::ffff:10.0.0.5", f"::ffff:{BUYER}", BUYER),
        ("", BUYER, ""),  # nobody's Unix socket
        (SOCKET, BUYER, ""),
    ],
)
def test_forwarded_addresses_are_trusted_from_the_right_up_to_our_proxies(peer: str, forwarded: str, address: str):
    assert behind_proxies(peer, forwarded, PROXIES) == address


@pytest.mark.parametrize("peer", ["", SOCKET])
@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("", ""),
        (BUYER, BUYER),
        (f"{FORGED}, {BUYER}", BUYER),
        (f"{FORGED}, {BUYER}, {PROXY}", BUYER),
        (f"{FORGED}, unknown", ""),
        (f"{FORGED}, {SOCKET}", ""),
    ],
)
def test_a_proxy_that_comes_by_a_unix_socket_can_be_trusted_too(rf, settings, peer, forwarded, address):
    settings.TRUSTED_PROXIES, settings.TRUSTED_SOCKET = PROXIES, True

    assert client_ip(rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)) == address
    assert client_ip(rf.get("/", REMOTE_ADDR="unknown", HTTP_X_FORWARDED_FOR=forwarded)) == ""


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (BUYER, [FORGED], BUYER),
        (PROXY, [f"{FORGED}, {BUYER}"], BUYER),
        (PROXY, [FORGED, BUYER], BUYER),  # in two headers
        (PROXY, ["2001:db8::7"], "2001:db8::"),
        ("", [], ""),
    ],
)
def test_the_event_loop_counts_clients_as_pages_do(rf, settings, peer, forwarded, address):
    settings.TRUSTED_PROXIES = PROXIES
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]

    assert client_of({"client": (peer, 5000), "headers": headers}) == address
    assert client_ip(rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=",".join(forwarded))) == address


def test_by_default_no_proxy_is_trusted(rf):
    assert client_ip(rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=FORGED)) == "127.0.0.1"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("203.0.113.7", "203.0.113.8", False),
    ],
)
def test_the_addresses_a_household_has_in_ipv6_are_one(rf, one: str, other: str, same: bool):
    first, second = (client_ip(rf.get("/", REMOTE_ADDR=address)) for address in (one, other))
    assert (first == second) == same


def served(peer: str, trusted: list[str]) -> tuple[str, str]:
    """The client and the scheme the application sees when ``peer`` claims to forward for FORGED by HTTPS."""
    seen = {}

    async def application(scope, receive, send):
        seen.update(scope)

    headers = [(b"x-forwarded-for", FORGED.encode()), (b"x-forwarded-proto", b"https")]
    config = Config(application, **Worker.CONFIG_KWARGS | {"forwarded_allow_ips": trusted})
    config.load()
    assert isinstance(config.loaded_app, ProxyHeadersMiddleware)
    scope = {"type": "http", "client": (peer, 5000), "scheme": "http", "headers": headers}
    with ThreadPoolExecutor() as elsewhere:  # a browser test leaves its event loop in this thread
        elsewhere.submit(asyncio.run, config.loaded_app(scope, None, None)).result()
    return seen["client"][0], seen["scheme"]


def test_the_event_loops_server_believes_the_same_proxies_about_address_and_scheme():
    assert served(PROXY, list(map(str, PROXIES))) == (FORGED, "https")
    assert served(BUYER, list(map(str, PROXIES))) == (BUYER, "http")


@pytest.mark.parametrize(("trusted", "seen"), [([SOCKET], (FORGED, "https")), ([], (SOCKET, "http"))])
def test_the_asgi_server_finds_the_client_ip_behind_a_unix_socket(trusted, seen, tmp_path):
    """FORGED is what the proxy says, and it is none that forges."""
    scopes = []

    async def application(scope, receive, send):
        scopes.append(scope)

    async def ask() -> None:
        options = Worker.CONFIG_KWARGS | {"forwarded_allow_ips": trusted, "lifespan": "off", "log_config": None}
        server = Server(Config(application, uds=str(tmp_path / "socket"), **options))
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        reader, writer = await asyncio.open_unix_connection(tmp_path / "socket")
        headers = f"Host: x\r\nX-Forwarded-For: {FORGED}\r\nX-Forwarded-Proto: https\r\nConnection: close"
        writer.write(f"GET / HTTP/1.1\r\n{headers}\r\n\r\n".encode())
        await reader.read()
        writer.close()
        server.should_exit = True
        await serving

    with ThreadPoolExecutor() as elsewhere:
        elsewhere.submit(asyncio.run, ask()).result()
    assert (scopes[0]["client"][0], scopes[0]["scheme"]) == seen


def test_by_default_the_event_loops_server_trusts_no_proxy_on_this_machine():
    assert served("127.0.0.1", Worker.CONFIG_KWARGS["forwarded_allow_ips"]) == ("127.0.0.1", "http")
