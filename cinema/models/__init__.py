"""What is true: schema, constraints and simple properties, a file per subject."""

from cinema.models.accounts import ApiToken, User
from cinema.models.bookings import Hold, Ticket, TicketSeat
from cinema.models.ledger import SeatEvent
from cinema.models.movies import Genre, Language, Movie
from cinema.models.payments import Payment, PaymentMode, Refund
from cinema.models.sandbox import SandboxCharge
from cinema.models.shows import Show, ShowSeat
from cinema.models.theatres import Screen, Seat, SeatCategory, Theatre
from cinema.models.waiting import WaitingEntry

__all__ = [
    "ApiToken",
    "Genre",
    "Hold",
    "Language",
    "Movie",
    "Payment",
    "PaymentMode",
    "Refund",
    "SandboxCharge",
    "Screen",
    "Seat",
    "SeatCategory",
    "SeatEvent",
    "Show",
    "ShowSeat",
    "Theatre",
    "Ticket",
    "TicketSeat",
    "User",
    "WaitingEntry",
]
