"""The shows of a door, how many people are inside, and parties that are found without a code."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cinema.domain.folding import typed_words
from cinema.domain.languages import foreign_language
from cinema.models import OrderWord, Show, Theatre, Ticket, TicketSeat
from cinema.models.codes import REFERENCE_ALPHABET
from cinema.selectors.core.features import with_features

MOST_FOUND = 20
SHORTEST = 3  # letters of a name, or characters of a reference
LAST = "\U0010ffff"  # sorts after every other character


@dataclass(slots=True)
class ShowAtDoor:
    """A show, when its doors open, how many seats are ``sold``, and of how many somebody ``came`` or is ``inside``."""

    show: Show
    doors_at: datetime
    sold: int = 0
    came: int = 0
    inside: int = 0

    @property
    def missing(self) -> int:
        return self.sold - self.came


def shows_of_today(theatre: Theatre, now: datetime) -> list[Show]:
    """The shows that take place on the theatre's trading day or around now, the earliest first."""
    shows = Show.objects.filter(Show.of_today(theatre, now), status=Show.Status.SCHEDULED)
    return with_features(shows.select_related("movie", "screen__theatre").order_by("starts_at", "screen__name"))


def counted(theatre: Theatre, shows: Sequence[Show]) -> list[ShowAtDoor]:
    """These shows with their counts, in one statement."""
    came = Count("pk", filter=Q(check_in__isnull=False))
    lines = TicketSeat.objects.filter(_ADMITS, ticket__show__in=[show.pk for show in shows])
    rows = lines.values("ticket__show").order_by().annotate(n=Count("pk"), came=came, now=Count("pk", Q(inside=True)))
    counts = {row["ticket__show"]: (row["n"], row["came"], row["now"]) for row in rows} if shows else {}
    doors = timedelta(minutes=theatre.doors)
    return [ShowAtDoor(show, show.starts_at - doors, *counts.get(show.pk, (0, 0, 0))) for show in shows]


_ADMITS = Q(active=True, ticket__status=Ticket.Status.CONFIRMED)


@dataclass(slots=True)
class PartyAtDoor:
    """A paid ticket with its seats, from the front left."""

    ticket: Ticket
    seats: list[TicketSeat] = field(default_factory=list)

    @property
    def language(self) -> str:
        """The own name of the buyer's language, "" for that of the site."""
        return foreign_language(self.ticket.order.language)

    @property
    def waiting(self) -> list[TicketSeat]:
        """The seats to which nobody was admitted yet."""
        return [line for line in self.seats if line.check_in_id is None]

    @property
    def came_at(self) -> datetime | None:
        """When somebody was last scanned, if anybody was."""
        return max((line.check_in.scanned_at for line in self.seats if line.check_in), default=None)


def parties(tickets: QuerySet[Ticket]) -> list[PartyAtDoor]:
    """These tickets with their orders and active seats, in one statement, ordered by name."""
    lines = TicketSeat.objects.filter(_ADMITS, ticket__in=tickets)
    related = ("ticket__order", "ticket__show__movie", "ticket__show__screen")
    lines = lines.select_related(*related, "show_seat__seat", "ticket_type", "check_in")
    lines = lines.order_by("ticket__order__name", "ticket", "show_seat__seat__y", "show_seat__seat__x")
    found: dict[int, PartyAtDoor] = {}
    for line in lines:
        found.setdefault(line.ticket_id, PartyAtDoor(line.ticket)).seats.append(line)
    return list(found.values())


def right_party(ticket: Ticket, theatre: Theatre, shows: Collection[int] | None, now: datetime) -> PartyAtDoor | None:
    """Another ticket of the same order for one of these shows (keys; None: all of today) with somebody to admit, the
    next show first; in one statement."""
    here = Show.of_today(theatre, now) if shows is None else Q(pk__in=shows)
    coming = Show.objects.filter(here, status=Show.Status.SCHEDULED, ends_at__gt=now)
    others = Ticket.objects.filter(order=ticket.order_id, show__in=coming).exclude(pk=ticket.pk)
    waiting = [party for party in parties(others) if party.waiting]
    return min(waiting, key=lambda party: (party.ticket.show.starts_at, party.ticket.pk), default=None)


def find_parties(shows: Collection[Show], query: str) -> list[PartyAtDoor]:
    """Parties of these shows by name or by the beginning of a reference; none for less than SHORTEST letters."""
    words = [word for word in typed_words(query)[:4] if word]
    if sum(map(len, words)) < SHORTEST:
        return []
    by_name = [
        Exists(OrderWord.objects.filter(order=OuterRef("order"), word__range=(word, word + LAST))) for word in words
    ]
    which = Q(*by_name)
    part = "".join(words).upper()
    if set(part) <= set(REFERENCE_ALPHABET):
        which |= Q(reference__startswith=part)
    tickets = Ticket.objects.filter(which, show__in=[show.pk for show in shows], status=Ticket.Status.CONFIRMED)
    keys = list(tickets.order_by("pk").values_list("pk", flat=True)[:MOST_FOUND])
    shown = {show.pk: show for show in shows}
    found = parties(Ticket.objects.filter(pk__in=keys)) if keys else []
    for party in found:
        party.ticket.show = shown[party.ticket.show_id]
    return found
