"""What a buyer asks for at a show, as one value from the form to the rows."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from cinema.selectors.people.fingerprints import Fingerprint, fingerprint


class Source(NamedTuple):
    """Where a request for seats comes from, as fingerprints: of the network address, and of the API user if a program
    asks."""

    client: Fingerprint = Fingerprint()
    program: Fingerprint = Fingerprint()

    @classmethod
    def of(cls, *, address: str = "", program: str = "") -> "Source":
        """The source for a network address and the name of an API user."""
        return cls(fingerprint(address), fingerprint(program))


class SeatRequest(NamedTuple):
    """Exactly these seats of a show, for one buyer.

    ``source`` is where the request comes from; None is from staff, who may hold as much as they need. ``insist`` and
    ``staff`` as in seating.SeatChoice. ``related`` is what is loaded with each seat: its place in the hall and more.
    """

    show_id: int
    seat_ids: Sequence[int]
    buyer: str
    source: Source | None
    insist: bool = False
    staff: bool = False
    related: Sequence[str] = ("seat",)

    @property
    def wanted(self) -> frozenset[int]:
        """The keys of the seats, each once."""
        return frozenset(self.seat_ids)


class BestSeats(NamedTuple):
    """The best seats for a party; only of a category, if given, and none dearer than ``ceiling``."""

    party: int
    category_id: int | None = None
    ceiling: Decimal | None = None
