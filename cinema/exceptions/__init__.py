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
from cinema.exceptions.films import ColumnMissing, TableUnreadable
from cinema.exceptions.halls import (
    CannotFollow,
    CategoryInUse,
    HallInvalid,
    HallPlanInvalid,
    NameTaken,
    ReportOutdated,
    ScreenInUse,
)
from cinema.exceptions.payments import AlreadyPaid, KeyReused, PaymentMismatch, PaymentsUnavailable, WebhookForged
from cinema.exceptions.schedule import NoSuchTime, Overlap, PriceMissing
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
    "CannotFollow",
    "CategoryInUse",
    "Change",
    "ColumnMissing",
    "CompanionOnlyWithWheelchair",
    "DatabaseBusy",
    "EditedMeanwhile",
    "HallInvalid",
    "HallPlanInvalid",
    "HoldAtItsLimit",
    "HoldExpired",
    "InvalidChoice",
    "KeyReused",
    "LoveSeatsArePairs",
    "NameTaken",
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
    "PaymentMismatch",
    "PaymentsUnavailable",
    "PriceChanged",
    "PriceMissing",
    "ReportOutdated",
    "RequestUnreadable",
    "RuleBroken",
    "ScreenInUse",
    "SeatTwice",
    "SeatingRule",
    "SeatsChanged",
    "SeatsFree",
    "SeatsUnavailable",
    "ShowNotOnSale",
    "StrandsSeats",
    "TableUnreadable",
    "TooManySeats",
    "UnknownCategory",
    "UnknownSeats",
    "UnknownShow",
    "WebhookForged",
]
