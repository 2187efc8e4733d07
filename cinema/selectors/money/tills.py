"""Tills, and what the ledger says about a session of one: its X report, or its Z report once it is closed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Max, Min, Prefetch, Q, QuerySet, Sum

from cinema.domain.accounts import DRAWER_VARIANCE, GIFT_CARDS, ORDERS, REFUNDS, ROUNDING, drawer, taxable
from cinema.domain.money import exact
from cinema.models import CashMovement, MoneyEntry, Payment, PaymentMode, Refund, Theatre, Till, TillSession, User
from cinema.selectors.money.counter_actions import ActionSum, actions_by_seller

Kind = MoneyEntry.Kind
NOTHING = Decimal(0)
MOST_REPORTS = 31  # shown of a till
# The signs of entries that sell or take back gift cards, by debit and credit. Others are of cards that pay.
CARDS_SOLD = {(ORDERS, GIFT_CARDS): 1, (GIFT_CARDS, REFUNDS): -1}


@dataclass
class TenderSum:
    """What came by a mode of payment in a session, and what went back that way."""

    mode: str
    number: int = 0
    amount: Decimal = NOTHING
    refunds: Decimal = NOTHING

    def __str__(self) -> str:
        return str(dict(PaymentMode.choices).get(self.mode, self.mode))

    @property
    def net(self) -> Decimal:
        return self.amount - self.refunds


class TaxSum(NamedTuple):
    """What was sold at a tax rate, less what was voided: net of tax, and the tax."""

    percent: Decimal
    net: Decimal
    tax: Decimal


class EntrySums(NamedTuple):
    """Sums of ledger entries.

    ``taxes`` is the revenue at each rate of tax. ``rounding`` is what was taken in cash more than sales came to,
    and paid out less than refunds; negative if it was less. ``orders`` are the lowest and the highest key of their
    orders. ``gift_cards`` is the price of those sold, which is no revenue yet, less what was taken back.
    """

    taxes: list[TaxSum]
    rounding: Decimal
    orders: tuple[int, int]
    gift_cards: Decimal


@dataclass
class SessionReport:
    """What happened in a session, by the ledger. ``drawer`` is what it says is in the drawer, 0 once it was emptied;
    ``rounding`` is the cash that came beside the tenders, ``invoices_paid`` that for invoices. For ``rounding`` and
    ``gift_cards`` see EntrySums."""

    session: TillSession
    tenders: list[TenderSum] = field(default_factory=list)
    taxes: list[TaxSum] = field(default_factory=list)
    rounding: Decimal = NOTHING
    gift_cards: Decimal = NOTHING
    invoices_paid: Decimal = NOTHING
    dropped: Decimal = NOTHING
    paid_in: Decimal = NOTHING
    paid_out: Decimal = NOTHING
    drawer: Decimal = NOTHING
    actions: list[ActionSum] = field(default_factory=list)
    people: dict[int, User] = field(default_factory=dict)

    @property
    def opened_by(self) -> User | None:
        return self.people.get(self.session.opened_by_id)

    @property
    def closed_by(self) -> User | None:
        return self.people.get(self.session.closed_by_id or 0)

    @property
    def witness(self) -> User | None:
        return self.people.get(self.session.witness_id or 0)


def tills_of(theatre: Theatre) -> list[Till]:
    """The tills of a theatre, those in use first, each with its open session, if any, as ``open_sessions``."""
    sessions = Prefetch("sessions", TillSession.objects.filter(closed_at=None), to_attr="open_sessions")
    return list(theatre.tills.order_by("-active", "name").prefetch_related(sessions))


def till_at(theatre: Theatre, pk: int) -> Till | None:
    """The till with this key, with its theatre; None if the theatre has none."""
    return theatre.tills.select_related("theatre").filter(pk=pk).first()


def session_at(theatre: Theatre, code: str) -> TillSession | None:
    """The session with this code, with its till, the till's printer, and theatre; None if the theatre has none."""
    found = TillSession.objects.select_related("till__printer", "theatre")
    return found.filter(theatre=theatre, code=code).first()


def open_session(till: Till) -> TillSession | None:
    """The open session of a till, with till and theatre."""
    return TillSession.objects.select_related("till", "theatre").filter(till=till, closed_at=None).first()


def closed_sessions(till: Till) -> list[TillSession]:
    """The latest closed sessions of a till."""
    closed = till.sessions.filter(closed_at__isnull=False).select_related("till", "theatre")
    return list(closed.order_by("-z_number")[:MOST_REPORTS])


def in_drawer(session: TillSession) -> Decimal:
    """What the ledger says is in the drawer of a session."""
    return moved_to(drawer(session.till_id), MoneyEntry.objects.filter(till_session=session))


def moved_to(account: str, entries: QuerySet[MoneyEntry]) -> Decimal:
    """What these entries have moved to an account, less what they have moved away."""
    of = {"came": Q(debit=account), "went": Q(credit=account)}
    sums = entries.aggregate(**{name: Sum("amount", filter=which) for name, which in of.items()})
    return exact(sums["came"] or NOTHING) - exact(sums["went"] or NOTHING)


def report_of(session: TillSession) -> SessionReport:
    """The report of a session. Six statements."""
    report = SessionReport(session, drawer=in_drawer(session))
    tenders: dict[str, TenderSum] = {}
    entries = MoneyEntry.objects.filter(till_session=session)
    rows = entries.order_by().values_list("kind", "payment__mode").annotate(number=Count("payment", distinct=True))
    for kind, mode, number, amount in rows.annotate(sum=Sum("amount")):
        match kind:
            case Kind.CAPTURE:
                tender = tenders.setdefault(mode, TenderSum(mode))
                tender.number, tender.amount = number, exact(amount)
            case Kind.REFUND_PAID:
                tenders.setdefault(mode, TenderSum(mode)).refunds += exact(amount)
            case Kind.INVOICE_PAID:
                report.invoices_paid += exact(amount)
            case Kind.INVOICE_UNDONE:
                report.invoices_paid -= exact(amount)
            case Kind.DROP:
                report.dropped = exact(amount)
            case Kind.PAID_IN:
                report.paid_in = exact(amount)
            case Kind.PAID_OUT:
                report.paid_out = exact(amount)
    report.tenders = [tenders[mode] for mode in sorted(tenders)]
    report.taxes, report.rounding, _orders, report.gift_cards = sums_in(entries)
    report.actions = actions_by_seller(session.actions.all())
    keys = {session.opened_by_id, session.closed_by_id, session.witness_id}
    report.people = User.objects.in_bulk([key for key in keys if key])
    return report


def sums_in(entries: QuerySet[MoneyEntry]) -> EntrySums:
    """The sums of these entries, in one statement."""
    sums: dict[Decimal, list[Decimal]] = {}
    rounding, gift_cards, orders = NOTHING, NOTHING, list[int]()
    rows = entries.order_by().values_list("debit", "credit").annotate(Sum("amount"), Min("order"), Max("order"))
    for debit, credit, amount, *between in rows:
        orders += [order for order in between if order is not None]
        gift_cards += CARDS_SOLD.get((debit, credit), 0) * exact(amount)
        for account, signed in ((credit, exact(amount)), (debit, -exact(amount))):
            if account == ROUNDING:
                rounding += signed
            elif about := taxable(account):
                sums.setdefault(about.percent, [NOTHING, NOTHING])[about.is_tax] += signed
    taxes = [TaxSum(percent, *sums[percent]) for percent in sorted(sums)]
    return EntrySums(taxes, rounding, (min(orders, default=0), max(orders, default=0)), gift_cards)


def movements_of(session: TillSession) -> list[CashMovement]:
    """What was moved into and out of the drawer of a session, in that order."""
    return list(session.movements.order_by("pk"))


def selling(theatre: Theatre) -> QuerySet[TillSession]:
    """The open sessions of a theatre whose drawers are not counted yet."""
    return still_open(theatre).filter(counted_at=None)


def is_closed(theatre: Theatre, day: date) -> bool:
    """Whether a trading day, or one after it, is closed."""
    return theatre.day_reports.filter(day__gte=day).exists()


def till_of_browser(theatre: Theatre, chosen: str) -> TillSession | None:
    """The session that a browser sells in: of the till with the ``chosen`` key, or of the only one that is open."""
    sessions = list(selling(theatre))
    if len(sessions) == 1:
        return sessions[0]
    return next((session for session in sessions if str(session.till_id) == chosen), None)


def still_open(theatre: Theatre) -> QuerySet[TillSession]:
    """The open sessions of a theatre, each with its till, printer and theatre, the oldest first."""
    return (
        TillSession.objects.filter(theatre=theatre, closed_at=None)
        .select_related("till__printer", "theatre")
        .order_by("opened_at")
    )


def till_faults() -> Iterator[str]:
    """Yield a sentence for each session whose drawer, by the ledger, is not its float, sales and movements, and for
    each gap in the numbers of Z reports."""
    related = ("movements", "entries", "payments", "refunds__payment", "invoice_payments")
    sessions = TillSession.objects.select_related("till").prefetch_related(*related)
    for session in sessions.order_by("pk").iterator(chunk_size=200):
        for problem in _session_problems(session):
            yield f"Session {session.pk} of till {session.till}: {problem}"
    closed = TillSession.objects.filter(z_number__isnull=False).order_by().values_list("theatre")
    for theatre, last, number in closed.annotate(last=Max("z_number"), number=Count("pk")):
        if last != number:
            yield f"Theatre {theatre} has {number} Z reports, but their last number is {last}"


def _session_problems(session: TillSession) -> Iterator[str]:
    own, entries = drawer(session.till_id), list(session.entries.all())
    due = session.opening_float + _moved(session.movements.all()) + _cash_sales(session)
    has = sum((one.amount * ((one.debit == own) - (one.credit == own)) for one in entries), NOTHING)
    if session.closed_at is None:
        if has != due:
            yield f"its drawer has {has} and should have {due}"
        return
    if session.expected != due:
        yield f"it was closed expecting {session.expected}, its entries say {due}"
    if has:
        yield f"it is closed, but {has} is left in its drawer"
    over = sum((one.amount * _sign(one) for one in entries), NOTHING)
    if over != session.variance:
        yield f"its variance is {session.variance}, its entries say {over}"


def _cash_sales(session: TillSession) -> Decimal:
    """The payments taken in cash, also of invoices, less the refunds paid out in cash; the session comes with them."""
    paid = [one for one in session.payments.all() if one.mode == PaymentMode.CASH and one.status not in Payment.UNPAID]
    back = [one for one in session.refunds.all() if one.status == Refund.Status.DONE]
    returned = sum((one.rounded for one in back if one.payment.mode != PaymentMode.TERMINAL), NOTHING)
    invoices = sum((one.amount + one.rounding for one in session.invoice_payments.all()), NOTHING)
    return sum((one.rounded for one in paid), NOTHING) + invoices - returned


def _sign(entry: MoneyEntry) -> int:
    return (entry.credit == DRAWER_VARIANCE) - (entry.debit == DRAWER_VARIANCE)


def _moved(movements: QuerySet[CashMovement]) -> Decimal:
    signs = {CashMovement.Kind.PAID_IN: 1}
    return sum((one.amount * signs.get(CashMovement.Kind(one.kind), -1) for one in movements), NOTHING)
