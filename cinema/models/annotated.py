"""Types of annotated rows, for the type checker."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from cinema.models.accounts import MailRequest, User
from cinema.models.bookings import Hold, Ticket, TicketSeat
from cinema.models.coupons import Coupon
from cinema.models.gift_cards import GiftCard
from cinema.models.orders import Order
from cinema.models.outbox import OutgoingMail
from cinema.models.payments import Payment
from cinema.models.printers import Printer
from cinema.models.receipts import ReceiptSequence
from cinema.models.sandbox import SandboxCharge
from cinema.models.shows import Show, ShowSeat
from cinema.models.staff import SharedBrowser
from cinema.models.tills import TillSession
from cinema.models.vouchers import Voucher, VoucherBatch
from cinema.models.waiting import WaitingEntry


class Clock(TypedDict):
    """The time by the database's clock."""

    now: datetime


class Reserved(Clock):
    """What an unpaid order has reserved of a gift card."""

    reserved: Decimal


class AtDoor(Clock):
    """The key of the check-in that a scan repeats, or None, and the buyer's language."""

    repeated: int | None
    language: str


class Own(Clock):
    """Whether an earlier checkout of the same holds has reserved a voucher."""

    own: bool


class BatchFigures(Clock):
    """How many vouchers of a batch are used, and what they paid."""

    used: int
    paid: Decimal


class HeldSeats(TypedDict):
    """How many seats are in a hold."""

    held: int


class CheckedOut(Clock):
    """Whether a ticket of a hold waits for payment."""

    is_checked_out: bool


class MaySell(TypedDict):
    """Whether a user may sell at any theatre."""

    may_sell: bool


class CurrentPrice(TypedDict):
    """The price of a ticket's present seats."""

    current_price: Decimal


class CurrentPriceNow(CurrentPrice, Clock):
    """The same, and the time by the database's clock."""


class Given(TypedDict):
    """What a coupon has taken off."""

    given: Decimal


class RefundReason(TypedDict):
    """Why the last refund of a payment was made, or None."""

    refund_reason: str | None


class Returned(TypedDict):
    """The sum of a payment's refunds, and of those made in the moment when it came."""

    returned: Decimal
    unused: Decimal


class RefundReasonNow(RefundReason, Clock):
    """Both."""


class ForSettlement(RefundReasonNow):
    """The same, and the rate of the tax in the order's booking fee; None without one."""

    fee_percent: Decimal | None


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    ShowNow = WithAnnotations[Show, Clock]
    ShowSeatNow = WithAnnotations[ShowSeat, Clock]
    TicketSeatNow = WithAnnotations[TicketSeat, Clock]
    TicketSeatAtDoor = WithAnnotations[TicketSeat, AtDoor]
    TicketWithPrice = WithAnnotations[Ticket, CurrentPrice]
    TicketNow = WithAnnotations[Ticket, CurrentPriceNow]
    CouponWithFigures = WithAnnotations[Coupon, Given]
    GiftCardNow = WithAnnotations[GiftCard, Clock]
    GiftCardWithReserved = WithAnnotations[GiftCard, Reserved]
    VoucherNow = WithAnnotations[Voucher, Clock]
    VoucherAtCheckout = WithAnnotations[Voucher, Own]
    BatchWithFigures = WithAnnotations[VoucherBatch, BatchFigures]
    HoldNow = WithAnnotations[Hold, Clock]
    HoldWithSeats = WithAnnotations[Hold, HeldSeats]
    LockedHold = WithAnnotations[Hold, CheckedOut]
    WaitingEntryNow = WithAnnotations[WaitingEntry, Clock]
    PaymentWithReturned = WithAnnotations[Payment, Returned]
    PaymentWithReason = WithAnnotations[Payment, RefundReason]
    PaymentWithReasonNow = WithAnnotations[Payment, RefundReasonNow]
    LockedPayment = WithAnnotations[Payment, ForSettlement]
    ChargeNow = WithAnnotations[SandboxCharge, Clock]
    MailRequestNow = WithAnnotations[MailRequest, Clock]
    OutgoingMailNow = WithAnnotations[OutgoingMail, Clock]
    OrderNow = WithAnnotations[Order, Clock]
    ReceiptSequenceNow = WithAnnotations[ReceiptSequence, Clock]
    TillSessionNow = WithAnnotations[TillSession, Clock]
    PrinterNow = WithAnnotations[Printer, Clock]
    SharedBrowserNow = WithAnnotations[SharedBrowser, Clock]
    UserOfToken = WithAnnotations[User, MaySell]
else:
    PaymentWithReturned = Payment
    ShowNow = Show
    ShowSeatNow = ShowSeat
    TicketSeatNow = TicketSeatAtDoor = TicketSeat
    TicketWithPrice = TicketNow = Ticket
    CouponWithFigures = Coupon
    GiftCardNow = GiftCardWithReserved = GiftCard
    VoucherNow = VoucherAtCheckout = Voucher
    BatchWithFigures = VoucherBatch
    HoldNow = HoldWithSeats = LockedHold = Hold
    WaitingEntryNow = WaitingEntry
    PaymentWithReason = PaymentWithReasonNow = LockedPayment = Payment
    ChargeNow = SandboxCharge
    MailRequestNow = MailRequest
    OutgoingMailNow = OutgoingMail
    OrderNow = Order
    ReceiptSequenceNow = ReceiptSequence
    TillSessionNow = TillSession
    PrinterNow = Printer
    SharedBrowserNow = SharedBrowser
    UserOfToken = User
