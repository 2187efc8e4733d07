"""Where a request comes from: what a proxy says of it is believed only of the proxies this installation names."""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

HOUSEHOLD = 64


def client_address(request: HttpRequest) -> str:
    """The network address of the browser or program that asks; "" when the server does not know it.

    In IPv6 it is the first one of its network of HOUSEHOLD bits, all of which one household or server has.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    address = behind_proxies(request.META.get("REMOTE_ADDR", ""), forwarded, settings.TRUSTED_PROXIES)
    if ":" in address:
        return str(ip_network((address, HOUSEHOLD), strict=False).network_address)
    return address


def behind_proxies(peer: str, forwarded: str, trusted: Collection[Network]) -> str:
    """Walk X-Forwarded-For from its right end, where the nearest proxy wrote, as long as who wrote is ``trusted``."""
    address = _read(peer)
    if address is None:  # a Unix socket, say
        return ""
    for written in reversed(forwarded.split(",")):
        before = _read(written)
        if before is None or not any(address in network for network in trusted):
            break
        address = before
    return str(address)


def _read(text: str) -> Address | None:
    """“203.0.113.7”, “203.0.113.7:5000”, “2001:db8::1” or “[2001:db8::1]:5000”; None for anything else."""
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
