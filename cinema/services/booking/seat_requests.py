"""Requests for seats of a show, passed from the views to the locked rows."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from cinema.selectors.people.fingerprints import Fingerprint, fingerprint
from cinema.services.booking.ledger import BUYER, Author


class Source(NamedTuple):
    """The client of a request, as fingerprints: of its IP address, and of its API user if there is one."""

    client: Fingerprint = Fingerprint()
    program: Fingerprint = Fingerprint()

    @classmethod
    def of(cls, *, client_ip: str = "", program: str = "") -> "Source":
        """The source for an IP address and the name of an API user."""
        return cls(fingerprint(client_ip), fingerprint(program))


class SeatRequest(NamedTuple):
    """A request for exactly these seats of a show.

    ``source`` None means staff, who have no hold limits. ``insist`` and ``staff`` as in seating.SeatChoice. ``by`` is
    the author in the seat ledger.
    """

    show_id: int
    seat_ids: Sequence[int]
    buyer: str
    source: Source | None
    insist: bool = False
    staff: bool = False
    by: Author = BUYER

    @property
    def wanted(self) -> frozenset[int]:
        """The keys of the seats, without duplicates."""
        return frozenset(self.seat_ids)


class BestSeats(NamedTuple):
    """A request for the best seats for a party, of one category if given, each costing at most ``ceiling``."""

    party: int
    category_id: int | None = None
    ceiling: Decimal | None = None
