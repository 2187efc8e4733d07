"""The models: schema, constraints and simple properties, a file per subject."""

from cinema.models.accounts import ApiToken, EmailProof, FailedTry, MailRequest, User
from cinema.models.appearances import Appearance
from cinema.models.blocks import HouseSeatRelease, SeatBlock
from cinema.models.bookings import Hold, Ticket, TicketSeat
from cinema.models.check_ins import CheckIn, SettledConflict
from cinema.models.counter import AllowedPrice, CounterAction
from cinema.models.coupons import Coupon
from cinema.models.day_reports import DayReport
from cinema.models.disputes import Dispute, PaymentIncident
from cinema.models.edits import Edit
from cinema.models.features import Feature, FilmPart, FurtherFilm, shown_at, with_film
from cinema.models.film_alerts import FilmAlert
from cinema.models.film_imports import FilmImport
from cinema.models.fingerprints import FingerprintKey
from cinema.models.gift_cards import GiftCard
from cinema.models.invoices import Invoice, InvoicePayment
from cinema.models.job_leases import JobLease
from cinema.models.labels import ShowLabel
from cinema.models.ledger import SeatEvent
from cinema.models.legal import LegalText
from cinema.models.money_ledger import MoneyEntry
from cinema.models.movies import Format, Genre, Language, Movie
from cinema.models.orders import Order, OrderLine, OrderWord
from cinema.models.outbox import OutgoingMail
from cinema.models.parked_sales import ParkedSale
from cinema.models.passes import GooglePass, PassRegistration
from cinema.models.payments import Payment, PaymentKey, PaymentMode, Refund
from cinema.models.payouts import Payout, ProviderFee
from cinema.models.prices import Price, PriceAdjustment, PriceCard, Tariff, TariffPrice, TicketType
from cinema.models.printers import Printer, PrintJob
from cinema.models.private_hires import PrivateHire
from cinema.models.provider_events import ProviderEvent
from cinema.models.receipts import Receipt, ReceiptLine, ReceiptSequence
from cinema.models.reconciliation_runs import ReconciliationRun
from cinema.models.reminders import ReminderStop
from cinema.models.sandbox import SandboxCharge
from cinema.models.seasons import Season
from cinema.models.seat_sums import SeatWeek, SummedWeek
from cinema.models.show_cancellations import ShowCancellation
from cinema.models.show_notes import ShowNote
from cinema.models.shows import Show, ShowSeat
from cinema.models.staff import AuditEvent, SharedBrowser, StaffAction, StaffPin, StaffRole
from cinema.models.tax_rules import TaxRule
from cinema.models.theatres import Screen, Seat, SeatCategory, Theatre
from cinema.models.tills import CashMovement, Till, TillSession
from cinema.models.upgrades import SeatUpgrade
from cinema.models.vouchers import Voucher, VoucherBatch
from cinema.models.waiting import WaitingEntry

__all__ = [
    "AllowedPrice",
    "ApiToken",
    "Appearance",
    "AuditEvent",
    "CashMovement",
    "CheckIn",
    "CounterAction",
    "Coupon",
    "DayReport",
    "Dispute",
    "Edit",
    "EmailProof",
    "FailedTry",
    "Feature",
    "FilmAlert",
    "FilmImport",
    "FilmPart",
    "FingerprintKey",
    "Format",
    "FurtherFilm",
    "Genre",
    "GiftCard",
    "GooglePass",
    "Hold",
    "HouseSeatRelease",
    "Invoice",
    "InvoicePayment",
    "JobLease",
    "Language",
    "LegalText",
    "MailRequest",
    "MoneyEntry",
    "Movie",
    "Order",
    "OrderLine",
    "OrderWord",
    "OutgoingMail",
    "ParkedSale",
    "PassRegistration",
    "Payment",
    "PaymentIncident",
    "PaymentKey",
    "PaymentMode",
    "Payout",
    "Price",
    "PriceAdjustment",
    "PriceCard",
    "PrintJob",
    "Printer",
    "PrivateHire",
    "ProviderEvent",
    "ProviderFee",
    "Receipt",
    "ReceiptLine",
    "ReceiptSequence",
    "ReconciliationRun",
    "Refund",
    "ReminderStop",
    "SandboxCharge",
    "Screen",
    "Season",
    "Seat",
    "SeatBlock",
    "SeatCategory",
    "SeatEvent",
    "SeatUpgrade",
    "SeatWeek",
    "SettledConflict",
    "SharedBrowser",
    "Show",
    "ShowCancellation",
    "ShowLabel",
    "ShowNote",
    "ShowSeat",
    "StaffAction",
    "StaffPin",
    "StaffRole",
    "SummedWeek",
    "Tariff",
    "TariffPrice",
    "TaxRule",
    "Theatre",
    "Ticket",
    "TicketSeat",
    "TicketType",
    "Till",
    "TillSession",
    "User",
    "Voucher",
    "VoucherBatch",
    "WaitingEntry",
    "shown_at",
    "with_film",
]
