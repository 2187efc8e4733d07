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
from cinema.exceptions.halls import HallPlanInvalid
from cinema.exceptions.orders import (
    CalledOffAlready,
    ChoiceOver,
    ChoiceTooShort,
    LastSeats,
    NotExchangeable,
    NothingPaid,
    OrderChanged,
    RefundTooHigh,
    SameShow,
    ShowNotCancellable,
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
from cinema.exceptions.tickets import NotCancellable, NotMovable, OtherKind, OtherPrice, OtherSeatCount

__all__ = [
    "AddressTaken",
    "AlreadyPaid",
    "CalledOffAlready",
    "ChoiceOver",
    "ChoiceTooShort",
    "ColumnMissing",
    "CompanionOnlyWithWheelchair",
    "DatabaseBusy",
    "HallPlanInvalid",
    "HoldAtItsLimit",
    "HoldExpired",
    "InvalidChoice",
    "KeyReused",
    "LastSeats",
    "LoveSeatsArePairs",
    "NoBlockLeft",
    "NoSeats",
    "NoSuchTime",
    "NotCancellable",
    "NotExchangeable",
    "NotMovable",
    "NothingPaid",
    "OfferOver",
    "OrderChanged",
    "OtherKind",
    "OtherPrice",
    "OtherSeatCount",
    "Overlap",
    "PaymentMismatch",
    "PaymentsUnavailable",
    "PriceChanged",
    "PriceMissing",
    "RefundTooHigh",
    "RequestUnreadable",
    "RuleBroken",
    "SameShow",
    "SeatTwice",
    "SeatingRule",
    "SeatsChanged",
    "SeatsFree",
    "SeatsUnavailable",
    "ShowNotCancellable",
    "ShowNotOnSale",
    "StrandsSeats",
    "TableUnreadable",
    "TooManySeats",
    "UnknownCategory",
    "UnknownSeats",
    "UnknownShow",
    "WebhookForged",
]
