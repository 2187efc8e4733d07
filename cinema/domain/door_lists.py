"""What a phone keeps of a ticket for a time without a network: nothing that can be read without the ticket's code.

An entry is the ticket's fingerprint, followed by its seats sealed with a key made of its code. Codes have 128 random
bits, so neither can be guessed. Both are made with HMAC-SHA256 and a random salt, another one for each list;
static/js/door/list.js does the same.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterable
from itertools import count
from typing import NamedTuple

FINGERPRINT = 12  # bytes: of a million codes that are not on a list, none is likely to look as if it were
BLOCK = 32  # bytes of the keystream that one HMAC gives


class ListedSeat(NamedTuple):
    """A seat of a ticket: its name such as “G8”, the key of the TicketSeat, the position of its ticket type in the
    list's types ("" for none), and whether nobody came yet (""), somebody is inside ("i") or has left ("o")."""

    name: str
    key: int
    type: str
    state: str


def fingerprint(code: str, salt: bytes) -> bytes:
    """What the ticket is found by."""
    return hmac.digest(code.encode(), b"f" + salt, "sha256")[:FINGERPRINT]


def entry(code: str, salt: bytes, seats: Iterable[ListedSeat], language: str = "") -> str:
    """The ticket on a list, in Base64. ``language`` is the position of the buyer's in the list's languages, "" for the
    site's; it stands behind the first seat."""
    first, *others = (f"{seat.name}\t{seat.key}\t{seat.type}\t{seat.state}" for seat in seats)
    text = "\n".join([f"{first}\t{language}" if language else first, *others]).encode()
    return b64encode(fingerprint(code, salt) + sealed(text, code, salt)).decode()


def sealed(text: bytes, code: str, salt: bytes) -> bytes:
    """The text sealed, or a sealed text opened."""
    blocks = (hmac.digest(code.encode(), bytes([number]) + b"s" + salt, "sha256") for number in count())
    stream = b"".join(next(blocks) for _ in range(0, len(text), BLOCK))
    return bytes(one ^ other for one, other in zip(text, stream, strict=False))
