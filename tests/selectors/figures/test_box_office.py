"""The distributor's report: selectors.figures.box_office."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cinema.domain.money import tax_in
from cinema.models import Show, TicketSeat, TicketType
from cinema.selectors.figures.box_office import film_report, films_shown
from cinema.selectors.figures.exports import film_sheet
from cinema.selectors.figures.figures import report
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    MovieFactory,
    ScreenFactory,
    ShowFactory,
    TheatreFactory,
    cancelled,
    given_away,
    price_card,
    sold,
    tax_rule,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def theatre():
    return TheatreFactory(tax=18, refund_percent=80, cancel_cutoff=60)


@pytest.fixture
def show(theatre):
    return ShowFactory(screen=ScreenFactory(theatre=theatre), price=Decimal("118.01"), movie=MovieFactory())


def of(show):
    return film_report(show.screen.theatre, show.movie, show.screen.theatre.film_week_of(show.trading_day))


@pytest.mark.parametrize(
    ("amount", "percent", "tax"),
    [("118", "18", "18.00"), ("100", "18", "15.25"), ("0.05", "20", "0.01"), ("9", "0", "0")],
)
def test_the_tax_is_contained_in_the_price(amount, percent, tax):
    assert tax_in(Decimal(amount), Decimal(percent)) == Decimal(tax)


def test_the_tax_of_a_sale_stays_whatever_the_rate_is_later(show, theatre):
    sold(show, "A1")
    tax_rule(theatre, 5, from_day=date(2001, 1, 1))
    sold(Show.objects.get(pk=show.pk), "A2", buyer="ben")

    assert of(show).total.tax == Decimal("18.00") + Decimal("5.62")


def test_each_ticket_type_and_price_has_its_line(show, theatre):
    price_card(theatre, adult=250, child=150)
    ticket = sold(show, "A1 A2 A3")
    adult, child = TicketType.objects.order_by("rank")
    lines = list(TicketSeat.objects.filter(ticket=ticket).order_by("pk"))
    for line, kind, price in zip(lines, (adult, adult, child), (250, 250, 150), strict=True):
        TicketSeat.objects.filter(pk=line.pk).update(ticket_type=kind, price=price)
    [day] = of(show).days
    [shown] = day.shows
    assert [(line.kind, line.price, line.revenue.admissions) for line in shown.lines] == [
        ("Adult", 250, 2),
        ("Child", 150, 1),
    ]
    assert shown.total.gross == 650
    assert shown.total.tax == tax_in(Decimal(500), Decimal(18)) + tax_in(Decimal(150), Decimal(18))
    assert shown.total.net == 650 - shown.total.tax


def test_totals_add_up_the_lines(show):
    second = ShowFactory(
        screen=show.screen, movie=show.movie, starts_at=show.starts_at + timedelta(hours=4), price=Decimal("77.77")
    )
    sold(show, "A1 A2")
    sold(second, "B1")
    found = of(show)
    assert found.total.admissions == 3
    assert (
        found.total.tax
        == sum(line.revenue.tax for line in found.kinds)
        == sum(line.revenue.tax for *_, line in found.lines)
    )
    assert found.total.gross == found.total.net + found.total.tax == Decimal("118.01") * 2 + Decimal("77.77")


def test_cancellation_fees_are_separate_but_part_of_the_revenue(show, theatre):
    sold(show, "A1 A2")
    cancel_ticket(code=sold(show, "B1 B2", buyer="ben").code)
    found = of(show)
    assert found.total.admissions == 2
    assert found.total.gross == Decimal("236.02")
    assert found.other == Decimal("236.02") - Decimal("188.82")
    assert found.revenue == report([theatre], theatre.film_week_of(show.trading_day)).total.now.revenue


def test_a_cancelled_show_has_no_admissions(show):
    sold(show, "A1")
    cancelled(show)
    found = of(show)
    assert found.total.admissions == 0
    assert found.days[0].shows[0].lines == []


def test_money_owed_for_a_cancelled_show_is_not_revenue(show, theatre):
    sold(show, "A1")
    cancel_ticket(code=sold(show, "B1 B2", buyer="ben").code)
    cancelled(show)
    found = of(show)
    assert found.owed == Decimal("118.01")
    assert found.other == found.revenue == Decimal("236.02") - Decimal("188.82")
    assert found.revenue == report([theatre], theatre.film_week_of(show.trading_day)).total.now.revenue


def test_other_films_weeks_and_theatres_are_left_out(show):
    sold(show, "A1")
    sold(ShowFactory(screen=ScreenFactory(theatre=show.screen.theatre)), "A1")
    sold(ShowFactory(movie=show.movie), "A1")
    sold(ShowFactory(screen=show.screen, movie=show.movie, starts_at=show.starts_at + timedelta(days=7)), "A1")
    assert of(show).total.admissions == 1


def test_the_films_of_a_week_are_listed_by_title(theatre):
    screen = ScreenFactory(theatre=theatre)
    later = ShowFactory(screen=screen, movie=MovieFactory(title="Zed"))
    ShowFactory(screen=screen, movie=MovieFactory(title="Alpha"), starts_at=later.starts_at + timedelta(hours=4))
    sold(later, "A1 A2")
    found = films_shown(theatre, theatre.film_week_of(later.trading_day))
    assert [(line.movie.title, line.figures.admissions) for line in found] == [("Alpha", 0), ("Zed", 2)]


def test_the_file_for_the_distributor_adds_up(show):
    sold(show, "A1 A2")
    cancel_ticket(code=sold(show, "B1", buyer="ben").code)
    sheet = film_sheet(of(show))
    *lines, total, other, owed = sheet.rows
    assert len(sheet.header) == len(lines[0]) == len(total)
    assert [sum(line[n] for line in lines) for n in (6, 7, 9, 10)] == [total[n] for n in (6, 7, 9, 10)]
    assert {line[8] for line in lines} == {18}
    assert other[-1] == of(show).other
    assert owed[-1] == 0


def test_the_file_for_the_distributor_lists_the_money_still_owed(show):
    sold(show, "A1 A2")
    cancelled(show)
    *_, fees, owed = film_sheet(of(show)).rows
    assert (fees[0], fees[-1]) == ("Booking and cancellation fees, less goodwill refunds", 0)
    assert (owed[0], owed[-1]) == ("Still to be refunded to buyers", Decimal("236.02"))


def test_what_was_given_away_stands_apart_by_its_reason(show):
    given_away(show, "A1 A2", "PRESS")
    given_away(show, "A3", "GUEST")
    cancel_ticket(code=given_away(show, "A4", "GUEST").code)
    sold(show, "A5")

    found = of(show)

    assert [(str(comp), comp.seats) for comp in found.comps] == [("guest of the house", 1), ("press", 2)]
    assert (found.total.admissions, found.total.gross) == (4, Decimal("118.01"))
    rows = [row for row in film_sheet(found).rows if str(row[0]).startswith("Of these free of charge")]
    assert [(row[0], row[6]) for row in rows] == [
        ("Of these free of charge: guest of the house", 1),
        ("Of these free of charge: press", 2),
    ]


def test_it_takes_four_statements(show, django_assert_num_queries):
    sold(show, "A1")
    theatre, movie = show.screen.theatre, show.movie
    with django_assert_num_queries(4):
        film_report(theatre, movie, theatre.film_week_of(show.trading_day))
