"""The ways a rule of the house says no, a file per subject.

Each carries the data a page needs to explain it in a sentence.
"""

from cinema.exceptions.accounts import AddressTaken
from cinema.exceptions.base import DatabaseBusy, InvalidChoice, RequestUnreadable, RuleBroken
from cinema.exceptions.bookings import (
    HoldAtItsLimit,
    HoldExpired,
    OfferOver,
    PriceChanged,
    SeatsChanged,
    SeatsFree,
    ShowNotOnSale,
    UnknownShow,
)
from cinema.exceptions.films import (
    ColumnMissing,
    FilmExists,
    PosterUnusable,
    TableTooLong,
    TableUnreadable,
    UploadGone,
)
from cinema.exceptions.halls import HallPlanInvalid
from cinema.exceptions.payments import AlreadyPaid, KeyReused, PaymentMismatch, PaymentsUnavailable, WebhookForged
from cinema.exceptions.schedule import NoSuchTime, Overlap, PriceMissing, RunsIntoNext
from cinema.exceptions.seats import (
    CompanionOnlyWithWheelchair,
    LoveSeatsArePairs,
    NoBlockLeft,
    NoSeats,
    SeatingRule,
    SeatsUnavailable,
    SeatTwice,
    StrandsSeats,
    TooManySeats,
    UnknownCategory,
    UnknownSeats,
)
from cinema.exceptions.staff import Change, EditedMeanwhile
from cinema.exceptions.theatres import AccountClosed, OwnersOnly, TimeZoneInUse
from cinema.exceptions.tickets import NotCancellable, NotMovable, OtherKind, OtherPrice, OtherSeatCount

__all__ = [
    "AccountClosed",
    "AddressTaken",
    "AlreadyPaid",
    "Change",
    "ColumnMissing",
    "CompanionOnlyWithWheelchair",
    "DatabaseBusy",
    "EditedMeanwhile",
    "FilmExists",
    "HallPlanInvalid",
    "HoldAtItsLimit",
    "HoldExpired",
    "InvalidChoice",
    "KeyReused",
    "LoveSeatsArePairs",
    "NoBlockLeft",
    "NoSeats",
    "NoSuchTime",
    "NotCancellable",
    "NotMovable",
    "OfferOver",
    "OtherKind",
    "OtherPrice",
    "OtherSeatCount",
    "Overlap",
    "OwnersOnly",
    "PaymentMismatch",
    "PaymentsUnavailable",
    "PosterUnusable",
    "PriceChanged",
    "PriceMissing",
    "RequestUnreadable",
    "RuleBroken",
    "RunsIntoNext",
    "SeatTwice",
    "SeatingRule",
    "SeatsChanged",
    "SeatsFree",
    "SeatsUnavailable",
    "ShowNotOnSale",
    "StrandsSeats",
    "TableTooLong",
    "TableUnreadable",
    "TimeZoneInUse",
    "TooManySeats",
    "UnknownCategory",
    "UnknownSeats",
    "UnknownShow",
    "UploadGone",
    "WebhookForged",
]
