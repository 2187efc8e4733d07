"""The client IP of a request. X-Forwarded-For is trusted only from the proxies this installation names."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST = 64  # characters of an address with its port
HOUSEHOLD = 64  # bits of an IPv6 network that one household or server has
SOCKET = "unix"  # cinema.asgi's name for the peer of a Unix socket, which has no IP; cinema.wsgi: ""


def client_ip(request: HttpRequest) -> str:
    """Return the IP address of the client; "" if it is unknown.

    An IPv6 address is reduced to the first one of its network of HOUSEHOLD bits.
    """
    return _household(*(request.META.get(name, "") for name in ("REMOTE_ADDR", "HTTP_X_FORWARDED_FOR")))


def client_of(scope: Mapping[str, Any]) -> str:
    """Return the client IP of an ASGI request, as client_ip() does."""
    peer, _ = scope.get("client") or ("", 0)
    forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return _household(peer, ",".join(forwarded))


def _household(peer: str, forwarded: str) -> str:
    address = behind_proxies(peer, forwarded, settings.TRUSTED_PROXIES, socket=settings.TRUSTED_SOCKET)
    if ":" in address:
        return str(ip_network((address, HOUSEHOLD), strict=False).network_address)
    return address


def behind_proxies(peer: str, forwarded: str, trusted: Collection[Network], *, socket: bool = False) -> str:
    """Return the client IP: the first address of X-Forwarded-For, from the right, that is not a trusted proxy's.

    The nearest proxy writes at the right end. ``socket`` is whether the peer of a Unix socket is trusted.
    """
    address = _read(peer)
    believed = socket and peer in ("", SOCKET) if address is None else _is_in(address, trusted)
    for written in reversed(forwarded.split(",")):
        before = _read(written)
        if before is None or not believed:
            break
        address, believed = before, _is_in(before, trusted)
    return "" if address is None else str(address)


def _is_in(address: Address, networks: Collection[Network]) -> bool:
    return any(address in network for network in networks)


def _read(text: str) -> Address | None:
    """Parse “203.0.113.7”, “203.0.113.7:5000”, “2001:db8::1” or “[2001:db8::1]:5000”; None for anything else."""
    return _parsed(text) if len(text) <= LONGEST else None


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Address | None:
    """What _read() returns; each request asks twice, and most come from few proxies."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
