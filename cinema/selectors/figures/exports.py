"""Sheets for exports, read part by part, at most a day of tickets, so that no more is in memory."""

from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Count, DecimalField, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cinema.domain.lists import listed
from cinema.domain.money import exact
from cinema.domain.periods import Period
from cinema.exports import Cell, Sheet
from cinema.film_tables.double_bills import write_further
from cinema.models import Coupon, Feature, Refund, Show, Theatre, Ticket, TicketSeat
from cinema.models.labels import read_labels
from cinema.selectors.booking.tickets import PRESENT
from cinema.selectors.core.features import with_features
from cinema.selectors.figures.box_office import FilmReport
from cinema.selectors.figures.discounts import DiscountReport, FeeReport
from cinema.selectors.figures.figures import FiguresReport, FiguresTable, shows_of
from cinema.selectors.figures.gift_cards import LiabilityReport
from cinema.selectors.figures.taxes import TaxReport

MONEY = DecimalField(max_digits=12, decimal_places=2)
NOTHING = Decimal(0)


def report_sheets(report: FiguresReport) -> list[Sheet]:
    """The tables of a report as on its page, one sheet each."""
    return [_table_sheet(table, report) for table in report.tables]


def _table_sheet(table: FiguresTable, report: FiguresReport) -> Sheet:
    header = [table.heading, _("Shows"), _("Admissions"), _("Seats"), _("Occupancy %"), _("Revenue"), _("Average")]
    header += [_("Revenue before"), _("Admissions before"), _("Still to be refunded")]
    rows = [
        [
            *(line.label, line.now.shows, line.now.admissions, line.now.seats, line.now.occupancy),
            *(line.now.revenue, line.now.average, line.before.revenue, line.before.admissions, line.now.owed),
        ]
        for line in [*table.lines, report.total]
    ]
    return Sheet(table.title, header, rows)


def film_sheet(report: FilmReport) -> Sheet:
    """The distributor's report, with a line for each show, ticket type, price and rate of tax.

    Of a double bill, the amounts are the film's share of them.
    """
    header = [_("Day"), _("Starts"), _("Screen"), _("Format"), _("Ticket"), _("Price"), _("Admissions")]
    header += [_("Gross"), _("Tax %"), _("Tax"), _("Net"), _("Share %")]
    rows: list[list[Cell]] = [
        [
            *(show.trading_day, _clock(show.starts_at, show.screen.theatre), str(show.screen)),
            *(show.get_format_display(), line.kind, line.price, line.revenue.admissions),
            *(line.revenue.gross, line.percent, line.revenue.tax, line.revenue.net, share),
        ]
        for show, share, line in report.lines
    ]
    total = report.total
    rows.append([_("Total"), *[None] * 5, total.admissions, total.gross, None, total.tax, total.net, None])
    for comp in report.comps:
        rows.append([_("Of these free of charge: %(reason)s") % {"reason": comp}, *[None] * 5, comp.seats])
    if report.difference:
        rows.append([_("Difference from the prices that buyers paid"), *[None] * 6, report.difference])
    rows.append([_("Booking and cancellation fees, less goodwill refunds"), *[None] * 6, report.other])
    rows.append([_("Still to be refunded to buyers"), *[None] * 6, report.owed])
    return Sheet(str(report.movie), header, rows)


def tax_sheet(report: TaxReport) -> Sheet:
    """The tax report, with a line for each tax rate and kind of order line."""
    header = [_("Tax %"), _("Sold"), _("Gross sold"), _("Net sold"), _("Tax sold")]
    header += [_("Gross refunded"), _("Net refunded"), _("Tax refunded"), _("Gross"), _("Net"), _("Tax")]
    parts = [(line, (line.sold, line.refunded, line.rest)) for line in [*report.lines, report.total]]
    rows = [
        [line.percent, line.kind or _("Total"), *(cell for part in three for cell in (part.gross, part.net, part.tax))]
        for line, three in parts
    ]
    return Sheet(_("Tax"), header, rows)


def fee_sheets(report: FeeReport) -> list[Sheet]:
    """Booking fees as in the tax report, and what providers charged."""
    charged: list[list[Cell]] = [[line.gateway, line.amount] for line in report.providers]
    booking = tax_sheet(report.booking)._replace(name=_("Booking fees"))
    return [booking, Sheet(_("Charged by providers"), [_("Provider"), _("Amount")], charged)]


def discount_sheet(report: DiscountReport) -> Sheet:
    """The discounts, with a line for each coupon."""
    header = [_("Coupon"), _("Code"), _("Orders"), _("Given"), _("Taken back"), _("Rest")]
    rows: list[list[Cell]] = [
        [*_name_and_code(line.coupon), line.orders, line.given, line.taken_back, line.rest]
        for line in [*report.lines, report.total]
    ]
    return Sheet(_("Discounts"), header, rows)


def _name_and_code(coupon: Coupon | None) -> tuple[str, str]:
    return (coupon.name, coupon.code or "") if coupon else (_("Total"), "")


def liability_sheet(report: LiabilityReport) -> Sheet:
    """The debt on gift cards, with a line for what was owed before and for each day on which that changed."""
    header = [_("Day"), _("Sold"), _("Spent"), _("Returned"), _("Taken back"), _("Owed")]
    rows: list[list[Cell]] = [[_("Before"), None, None, None, None, report.before]]
    rows += [[*line] for line in report.lines]
    rows.append([_("Total"), *report.total[1:]])
    return Sheet(_("Gift cards"), header, rows)


def show_sheet(theatre: Theatre, period: Period) -> Sheet:
    """A sheet with a line for each show of the period."""
    header = [_("Day"), _("Starts"), _("Film"), _("Distributor"), _("Screen"), _("Format"), _("Labels"), _("Note")]
    header += [capfirst(str(Feature._meta.verbose_name_plural)), _("Status"), _("Seats"), _("Sold"), _("Revenue")]
    header += [_("Still to be refunded")]
    return Sheet(_("Shows"), header, _shows(theatre, period))


def _shows(theatre: Theatre, period: Period) -> Iterator[list[Cell]]:
    formats, statuses = ({value: str(label) for value, label in one.choices} for one in (Show.Format, Show.Status))
    doubles = cache(lambda: _double_bills(theatre, period))  # read when the first one comes
    names = (
        *("pk", "further_minutes", "trading_day", "starts_at", "movie__title", "movie__distributor", "screen__name"),
        *("format", "labels", "label_note", "status"),
    )
    shown = _found(theatre, period).values_list(*names, "seats_total", "admissions", "revenue", "owed")
    for key, further, day, starts_at, *film, format, labels, note, status, seats, sold, money, owed in shown.iterator():
        more = ""
        if further:
            film[:2], more = doubles()[key]
        offers = ", ".join(str(label.label) for label in read_labels(labels))
        version = [_clock(starts_at, theatre), *film, formats[format], offers, note]
        yield [day, *version, more, statuses[status], seats, sold, money, owed]


def _double_bills(theatre: Theatre, period: Period) -> dict[int, tuple[tuple[str, str], str]]:
    """The titles and the distributors of the shows with several films, and all films after the first, by key."""
    shows = with_features(_found(theatre, period).filter(further_minutes__gt=0).select_related("movie"))
    return {
        show.pk: (
            (show.title, listed(dict.fromkeys(film.distributor for film in show.films))),
            write_further(show.further),
        )
        for show in shows
    }


def sale_sheet(theatre: Theatre, period: Period) -> Sheet:
    """A sheet with a line for each paid ticket of the period's shows, without data of the buyers."""
    header = [_("Day"), _("Starts"), _("Film"), _("Screen"), _("Reference"), _("Bought"), _("Status"), _("Cancelled")]
    header += [_("Seats"), _("Price"), _("Paid"), _("Refunded"), _("Kept"), _("Still to be refunded")]
    return Sheet(_("Sales"), header, _sales(theatre, period))


def _sales(theatre: Theatre, period: Period) -> Iterator[list[Cell]]:
    statuses = dict(Ticket.Status.choices)
    for shows in _days(theatre, period):
        by_key = {show.pk: show for show in shows}
        # Sorted here: PostgreSQL would read all shows to sort the tickets by the start of theirs.
        for row in sorted(_tickets(by_key), key=lambda row: (by_key[row[0]].starts_at, row[0])):
            show_id, reference, status, amount, bought, over, seats, left, back = row
            show, left, back = by_key[show_id], exact(left), exact(back)
            is_owed = show.status == Show.Status.CANCELLED and status == Ticket.Status.CONFIRMED
            kept, owed = (NOTHING, left) if is_owed else (left, NOTHING)
            yield [
                *(show.trading_day, _clock(show.starts_at, theatre), show.title, str(show.screen), reference),
                *(_clock(bought, theatre), str(statuses[status]), _clock(over, theatre), seats, amount),
                *(left + back, back, kept, owed),
            ]


def _days(theatre: Theatre, period: Period) -> Iterator[list[Show]]:
    for day in period.days:
        found = _found(theatre, Period(day, day)).select_related("movie", "screen")
        columns = ("movie__title", "screen__name", "trading_day", "starts_at", "status", "further_minutes")
        yield with_features(found.only(*columns))


def _found(theatre: Theatre, period: Period) -> QuerySet[Show]:
    """The shows of the theatre in the period, in order."""
    found = shows_of(theatre.screens.values_list("pk", flat=True), period)
    return found.order_by("trading_day", "starts_at", "screen_id")


def _tickets(shows: Collection[int]) -> QuerySet[Ticket, tuple[Any, ...]]:
    """The tickets of the shows that were ever paid, with their money and PRESENT seats."""
    back = Refund.objects.filter(ticket=OuterRef("pk")).order_by()
    seats = TicketSeat.objects.filter(PRESENT, ticket=OuterRef("pk")).order_by().values("ticket")
    return (
        Ticket.objects.filter(Q(confirmed_at__isnull=False) | Exists(back), show__in=shows)
        .order_by("pk")
        .values_list("show", "reference", "status", "amount", "confirmed_at", "cancelled_at")
        .annotate(
            number=Subquery(seats.annotate(n=Count("pk")).values("n")), left=F("kept"), back=_total(back, "ticket")
        )
    )


def _total(rows: QuerySet[Model], by: str) -> Coalesce:
    return Coalesce(Subquery(rows.values(by).annotate(n=Sum("amount")).values("n")), Value(0), output_field=MONEY)


def _clock(moment: datetime | None, theatre: Theatre) -> datetime | None:
    """The moment in the theatre's local time, without a zone."""
    return moment and moment.astimezone(theatre.tz).replace(tzinfo=None)
