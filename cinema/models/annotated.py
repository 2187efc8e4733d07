"""Rows that were read with more than their columns, as the type checker knows them."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from cinema.models.bookings import Ticket
from cinema.models.shows import Show


class Clock(TypedDict):
    """The time by the database's clock."""

    now: datetime


class Money(TypedDict):
    """The money received for a ticket less the refunds recorded, and the total of the seats it has."""

    kept: Decimal
    worth: Decimal


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    ShowNow = WithAnnotations[Show, Clock]
    TicketWithMoney = WithAnnotations[Ticket, Money]
else:
    ShowNow = Show
    TicketWithMoney = Ticket
