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
from cinema.exceptions.films import (
    ColumnMissing,
    FilmExists,
    PosterUnusable,
    TableTooLong,
    TableUnreadable,
    UploadGone,
)
from cinema.exceptions.halls import HallPlanInvalid
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
from cinema.exceptions.schedule import NoSuchTime, Overlap, PriceMissing, RunsIntoNext
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
from cinema.exceptions.schedule_import import RowUnclear, ScheduleUnreadable
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
from cinema.exceptions.tickets import NoEqualSeats, NotCancellable, NotMovable, OtherKind, OtherPrice, OtherSeatCount

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
    "FilmExists",
    "FilmRetired",
    "HallInvalid",
    "HallPlanInvalid",
    "HoldAtItsLimit",
    "HoldExpired",
    "InvalidChoice",
    "KeyReused",
    "LoveSeatsArePairs",
    "NeverOnSale",
    "NameTaken",
    "NoBlockLeft",
    "NoEqualSeats",
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
    "PosterUnusable",
    "PlainKindStays",
    "PlainPriceMissing",
    "PriceChanged",
    "PriceMissing",
    "PriceNameTaken",
    "PriceTooHigh",
    "ReportOutdated",
    "RequestUnreadable",
    "RowUnclear",
    "RuleBroken",
    "RunsIntoNext",
    "ScheduleUnreadable",
    "ScreenClosed",
    "ScreenInUse",
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
    "TableTooLong",
    "TableUnreadable",
    "TimeOver",
    "TimeTwice",
    "TooManySeats",
    "UnknownCategory",
    "UnknownSeats",
    "UnknownShow",
    "UploadGone",
    "UnknownTicketType",
    "WebhookForged",
]
