"""The list that a phone keeps for a time without a network."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from cinema.domain.certificates import certificate
from cinema.domain.clock import shown_time
from cinema.domain.door_lists import ListedSeat, entry
from cinema.domain.languages import foreign_language
from cinema.models import Show, Theatre, Ticket, TicketSeat

SALT = 12  # bytes


def offline_list(theatre: Theatre, shows: Sequence[Show], now: datetime) -> dict[str, Any]:
    """The paid tickets of these shows as JSON, in one statement: see domain.door_lists. Times are in milliseconds."""
    salt = secrets.token_bytes(SALT)
    types: dict[str, int] = {}
    languages: dict[str, int] = {}
    spoken: dict[str, str] = {}  # the positions of languages by the codes of tickets
    tickets: dict[int, dict[str, list[ListedSeat]]] = {show.pk: {} for show in shows}
    for show, code, row, number, pk, kind, inside, check, language in _lines(shows):
        position = _position(types, kind)
        spoken[code] = _position(languages, foreign_language(language))
        state = "i" if inside else "o" if check else ""
        tickets[show].setdefault(code, []).append(ListedSeat(f"{row}{number}", pk, position, state))
    return {
        "salt": b64encode(salt).decode(),
        "now": milliseconds(now),
        "reentry": theatre.reentry,
        "types": list(types),
        "languages": list(languages),
        "shows": [
            _show(theatre, show)
            | {"tickets": [entry(code, salt, seats, spoken[code]) for code, seats in tickets[show.pk].items()]}
            for show in shows
        ],
    }


def _position(known: dict[str, int], name: str | None) -> str:
    """The position of a name in a list that grows, "" for none."""
    return str(known.setdefault(name, len(known))) if name else ""


def _lines(shows: Sequence[Show]) -> Any:
    """The seats of the paid tickets, those of a ticket together."""
    lines = TicketSeat.objects.filter(active=True, ticket__status=Ticket.Status.CONFIRMED, ticket__show__in=shows)
    columns = ("ticket__show", "ticket__code", "show_seat__seat__row", "show_seat__seat__number", "pk")
    more = ("ticket_type__name", "inside", "check_in", "ticket__order__language")
    return lines.order_by("ticket", "show_seat__seat__y", "show_seat__seat__x").values_list(*columns, *more)


def _show(theatre: Theatre, show: Show) -> dict[str, Any]:
    rule = certificate(show.certificate)
    age = f"{show.certificate}. {rule.meaning}".strip() if rule.limits else ""
    return {
        "pk": show.pk,
        "name": f"{show.title}, {shown_time(show.starts_at, theatre.tz)}, {show.screen}",
        "opens": milliseconds(show.starts_at - timedelta(minutes=theatre.doors)),
        "ends": milliseconds(show.film_ends_at),
        "age": age,
    }


def milliseconds(moment: datetime) -> int:
    """The moment as JavaScript counts."""
    return int(moment.timestamp() * 1000)
