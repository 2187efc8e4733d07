"""What receipt printers print: the tickets and gift cards of a sale with its receipt, a Z report, why a drawer was
opened.

It is made anew whenever it is printed, and stored nowhere.
"""

from collections.abc import Iterator
from decimal import Decimal

from django.conf import settings
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from cinema.domain.clock import shown_moment
from cinema.domain.dates import shown_date
from cinema.domain.money import format_money
from cinema.domain.numbers import format_percent
from cinema.domain.seating.names import seat_codes
from cinema.domain.slips import Code, Line, Pair, Part, Rule, Slip
from cinema.models import GiftCard, Order, PrintJob, Receipt, Theatre, Ticket, TillSession, User
from cinema.models.codes import grouped
from cinema.selectors.money.receipt_documents import receipt_document
from cinema.selectors.money.receipts import latest_receipt
from cinema.selectors.money.tills import report_of
from cinema.selectors.orders.counter import order_to_print

Kind = PrintJob.Kind


def language_of(job: PrintJob) -> str:
    """The language of what a job prints: the buyer's, or the present one."""
    return job.order.language if job.order else get_language() or settings.LANGUAGE_CODE


def slip_of(job: PrintJob) -> Slip:
    """What a job prints; it comes with its order, if any, and with its session's till and theatre."""
    theatre = job.session.theatre
    if job.order:
        order = order_to_print(theatre, job.order.reference)
        with override(language_of(job)):
            return list(_sale(order or job.order, theatre))
    match job.kind:
        case Kind.DRAWER:
            return list(_opened(job))
        case Kind.ZCOPY:
            return [*_copy(job), *_report(job.session), Rule(), *_copy(job)]
    return list(_report(job.session))


def _sale(order: Order, theatre: Theatre) -> Iterator[Part]:
    """The tickets and gift cards of a sale; then the receipt for what was paid, if it is issued."""
    for ticket in order.ticket_list:
        yield from _ticket(ticket, theatre)
        yield Rule()
    for card in order.card_list:
        yield from _gift_card(card, theatre)
        yield Rule()
    if receipt := latest_receipt(order):
        yield from _receipt(receipt)


def _ticket(ticket: Ticket, theatre: Theatre) -> Iterator[Part]:
    show, lines = ticket.show, ticket.seats.all()
    yield Line(str(theatre))
    yield Line(show.localized.title, large=True)
    yield Line(shown_moment(show.starts_at, theatre.tz), large=True)
    yield Line(f"{show.screen} · {seat_codes(line.show_seat.seat for line in lines)}", large=True)
    if show.certificate:
        yield Line(show.certificate)
    for line in lines:
        kind = f" · {line.ticket_type.localized.name}" if line.ticket_type else ""
        yield Pair(
            f"{line.show_seat.seat.label}{kind}", format_money(line.current_price) if line.current_price else _("free")
        )
    if ticket.fee:
        yield Pair(_("Booking fee"), format_money(ticket.fee))
    if ticket.status == Ticket.Status.CONFIRMED:
        yield Code(ticket.get_absolute_url())
    else:
        yield Line(str(ticket.get_status_display()), large=True)
    yield Line(grouped(ticket.reference))


def _gift_card(card: GiftCard, theatre: Theatre) -> Iterator[Part]:
    yield Line(str(theatre))
    yield Line(_("Gift card"), large=True)
    yield Line(format_money(card.amount), large=True)
    if card.blocked_at:
        yield Line(_("This gift card is blocked, so it cannot be spent. Please ask us at the box office."))
        return
    yield Code(card.get_absolute_url())
    yield Line(card.groups, large=True)
    if card.expires_on:
        yield Line(_("Valid until %(day)s.") % {"day": shown_date(card.expires_on, "j F Y")})
    yield Line(_("Enter the code when you book, at all of our theatres. What you don’t spend stays on the card."))


def _receipt(receipt: Receipt) -> Iterator[Part]:
    document = receipt_document(receipt)
    for text in (document.issuer, *document.issuer_lines, document.title):
        yield Line(text)
    for fact in document.facts:
        yield Pair(fact.label, fact.value)
    for text in document.company:
        yield Line(text)
    for item in document.items:
        number = f"{item.quantity} × " if item.quantity > 1 else ""
        yield Pair(f"{number}{item.text}", item.amount)
    yield Pair(_("Total"), document.total, bold=True)
    for tax in document.taxes:
        yield Pair(_("Tax %(rate)s on %(net)s") % {"rate": tax.rate, "net": tax.net}, tax.tax)
    for tender in document.tenders:
        yield Pair(tender.label, tender.value)
    yield from _change(receipt.order)


def _change(order: Order) -> Iterator[Part]:
    for payment in order.payments.order_by("pk"):
        if payment.tendered and payment.change:
            yield Pair(_("Handed over"), format_money(payment.tendered))
            yield Pair(pgettext("money handed back", "Change"), format_money(payment.change))


def _report(session: TillSession) -> Iterator[Part]:
    """The Z report of a closed session, as its page has it."""
    report, theatre = report_of(session), session.theatre
    yield Line(f"{theatre} · {session.till}")
    yield Line(_("Z report %(number)s") % {"number": session.z_number}, large=True)
    for label, at, who in (
        (_("Opened"), session.opened_at, report.opened_by),
        (_("Closed"), session.closed_at, report.closed_by),
    ):
        yield Pair(f"{label}: {who or '–'}", shown_moment(at, theatre.tz) if at else "")
    yield Rule()
    amounts = [
        (_("Float"), session.opening_float),
        (_("Paid in"), report.paid_in),
        (_("Paid out"), report.paid_out),
        *([(_("Invoices paid"), report.invoices_paid)] if report.invoices_paid else []),
        (_("Rounding of cash"), report.rounding),
        (_("Taken to the safe"), report.dropped),
        (_("Expected"), session.expected),
        (_("Counted"), session.counted),
    ]
    for label, amount in amounts:
        yield Pair(label, format_money(amount or Decimal()))
    yield Pair(_("Difference"), format_money(session.variance or Decimal()), bold=True)
    if session.variance:
        yield Pair(_("Reason"), session.reason)
        yield Pair(_("Second person"), str(report.witness or "–"))
    yield Rule()
    for tender in report.tenders:
        yield Pair(f"{tender} × {tender.number}", format_money(tender.net))
    for tax in report.taxes:
        rate = {"rate": format_percent(tax.percent), "net": format_money(tax.net)}
        yield Pair(_("Tax %(rate)s on %(net)s") % rate, format_money(tax.tax))
    if report.gift_cards:
        yield Pair(_("Gift cards sold"), format_money(report.gift_cards))
    for one in report.actions:
        yield Pair(f"{one.seller or '–'}: {one.what} × {one.number}", format_money(one.amount))


def _copy(job: PrintJob) -> Iterator[Part]:
    """That this is not the first Z report on paper; when it was printed, and for whom."""
    yield Line(_("COPY"), large=True)
    yield Line(f"{shown_moment(job.created_at, job.session.theatre.tz)} · {_by(job)}")


def _by(job: PrintJob) -> str:
    return str(User.objects.filter(pk=job.by_id).first() or "–")


def _opened(job: PrintJob) -> Iterator[Part]:
    """Why a drawer was opened without a sale."""
    theatre = job.session.theatre
    yield Line(f"{theatre} · {job.session.till}")
    yield Line(_("Drawer opened without a sale"), large=True)
    yield Line(shown_moment(job.created_at, theatre.tz))
    yield Line(_by(job))
