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
    UnknownTicketType,
)
from cinema.exceptions.films import ColumnMissing, TableUnreadable
from cinema.exceptions.halls import HallPlanInvalid
from cinema.exceptions.payments import AlreadyPaid, KeyReused, PaymentMismatch, PaymentsUnavailable, WebhookForged
from cinema.exceptions.prices import PlainKindStays, PlainPriceMissing, PriceNameTaken, PriceTooHigh
from cinema.exceptions.schedule import (
    FilmRetired,
    NeverOnSale,
    NoSeatsInHall,
    NoSuchTime,
    NotPublishable,
    Overlap,
    PriceMissing,
    ScreenClosed,
    ShowHasPast,
    ShowSettled,
    ShowSold,
    TimeOver,
    TimeTwice,
)
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
from cinema.exceptions.tickets import NotCancellable, NotMovable, OtherKind, OtherPrice, OtherSeatCount

__all__ = [
    "AddressTaken",
    "AlreadyPaid",
    "Change",
    "ColumnMissing",
    "CompanionOnlyWithWheelchair",
    "DatabaseBusy",
    "EditedMeanwhile",
    "FilmRetired",
    "HallPlanInvalid",
    "HoldAtItsLimit",
    "HoldExpired",
    "InvalidChoice",
    "KeyReused",
    "LoveSeatsArePairs",
    "NeverOnSale",
    "NoBlockLeft",
    "NoSeats",
    "NoSeatsInHall",
    "NoSuchTime",
    "NotCancellable",
    "NotMovable",
    "NotPublishable",
    "OfferOver",
    "OtherKind",
    "OtherPrice",
    "OtherSeatCount",
    "Overlap",
    "PaymentMismatch",
    "PaymentsUnavailable",
    "PlainKindStays",
    "PlainPriceMissing",
    "PriceChanged",
    "PriceMissing",
    "PriceNameTaken",
    "PriceTooHigh",
    "RequestUnreadable",
    "RuleBroken",
    "ScreenClosed",
    "SeatTwice",
    "SeatingRule",
    "SeatsChanged",
    "SeatsFree",
    "SeatsUnavailable",
    "ShowHasPast",
    "ShowNotOnSale",
    "ShowSettled",
    "ShowSold",
    "StrandsSeats",
    "TableUnreadable",
    "TimeOver",
    "TimeTwice",
    "TooManySeats",
    "UnknownCategory",
    "UnknownSeats",
    "UnknownShow",
    "UnknownTicketType",
    "WebhookForged",
]
