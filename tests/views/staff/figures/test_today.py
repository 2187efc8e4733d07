"""Today at a theatre, in the back office."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.models import Hold, OutgoingMail, Payment, Price, Refund, SeatCategory, Show, ShowCancellation, WaitingEntry
from cinema.selectors.schedule.today import trading_day
from cinema.services.schedule.showtimes import local_moment
from tests.factories import (
    BOX_OFFICE,
    MANAGER,
    USHER,
    MovieFactory,
    ScreenFactory,
    ShowFactory,
    TheatreFactory,
    booked,
    cancelled,
    held,
    lapsed,
    listed,
    price_card,
    put_off_sale,
    seat,
    sold,
    staff,
    starting_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre():
    return TheatreFactory(slug="galaxy", doors=20)


@pytest.fixture
def show(theatre) -> Show:
    """A small show in an hour."""
    show = ShowFactory(screen=ScreenFactory(theatre=theatre, rows=2, columns=5, name="Grand"))
    now = timezone.now()
    show.starts_at, show.trading_day = now + timedelta(hours=1), theatre.trading_day(now)
    show.ends_at = show.film_ends_at + timedelta(minutes=show.turnaround)
    show.sales_end_at = show.starts_at
    show.save()
    return show


@pytest.fixture
def manager(theatre, client):
    manager = staff(theatre, MANAGER)
    client.force_login(manager)
    return manager


def page(client, day: date | str = "", **more) -> str:
    query = f"?day={day}" if day else ""
    return client.get(reverse("staff-today", args=["galaxy"]) + query, **more).text


# --- The day -----------------------------------------------------------------------------------


def test_a_theatre_without_screens_shows_the_first_step(client, theatre, manager):
    assert "This theatre has no screens yet" in page(client)


def test_an_empty_day_shows_what_to_do(client, theatre, manager):
    ScreenFactory(theatre=theatre)

    assert "No show is planned for this day." in page(client)


def test_a_show_has_its_sales(client, show, manager):
    sold(show, "A1 A2")
    held(show, "A3", buyer="ben")
    lapsed(held(show, "A4 A5", buyer="cleo"))
    put_off_sale(screen=show.screen, seat_ids=[seat(show, "B1").seat_id], kind="HOUSE", from_day=show.trading_day)

    said = page(client)

    assert "2 sold" in said and "1 held" in said and "6 free" in said and "1 blocked" in said


def test_it_shows_doors_start_of_the_film_and_end_of_cleaning(client, theatre, show, manager):
    def local(moment):
        return f"{moment.astimezone(theatre.tz):%H:%M}"

    said = page(client)

    assert f"Doors {local(show.starts_at - timedelta(minutes=20))}" in said
    assert f"film {local(show.starts_at + timedelta(minutes=15))}–{local(show.film_ends_at)}" in said
    assert f"clean {local(show.ends_at)}" in said


def test_it_keeps_itself_up_to_date_with_its_live_part_alone(client, show, manager):
    whole, part = page(client), page(client, headers={"HX-Request": "true"})

    assert 'hx-trigger="every 30s"' in whole
    assert part.lstrip().startswith('<div class="stack" id="today"') and "<html" not in part


def test_another_day_is_asked_for_by_its_date(client, theatre, show, manager):
    tomorrow = show.trading_day + timedelta(days=1)

    assert show.movie.title not in page(client, tomorrow)
    assert f"?day={show.trading_day}" in page(client, tomorrow)


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "0001-01-01", "9999-12-31", "2026-11-24%00"])
def test_an_invalid_day_is_404(client, theatre, manager, day):
    assert client.get(reverse("staff-today", args=["galaxy"]) + f"?day={day}").status_code == 404


def test_cancelled_shows_and_those_of_other_theatres_are_not_on_it(client, show, manager):
    elsewhere = listed(days=0)
    cancelled(show)

    said = page(client)

    assert show.movie.title not in said and elsewhere.movie.title not in said


def test_html_in_a_title_is_text(client, show, manager):
    show.movie.title = "<b>Bold</b>"
    show.movie.save()

    assert "&lt;b&gt;Bold" in page(client)


@pytest.mark.parametrize("number", [1, 3, 30])
def test_it_takes_as_many_queries_for_one_show_as_for_thirty(
    client, theatre, show, manager, number, django_assert_num_queries
):
    for _ in range(number - 1):
        other = listed(theatre=theatre)
        Show.objects.filter(pk=other.pk).update(trading_day=show.trading_day)
    draft(theatre)
    sold(show, "A1", buyer="ben")
    put_off_sale(screen=show.screen, seat_ids=[seat(show, "A1").seat_id], kind="BROKEN", from_day=show.trading_day)

    with django_assert_num_queries(21):
        page(client)


# --- The lines ---------------------------------------------------------------------------------


def spans(theatre, day, now):
    [slot] = [slot for line in trading_day(theatre, day, now).lines for slot in line.slots]
    return slot


def test_the_parts_of_a_show_follow_each_other_on_the_timeline(theatre, show):
    slot = spans(theatre, show.trading_day, timezone.now())

    ends = [slot.doors.end, slot.trailers.end, slot.film.end]
    starts = [slot.trailers.x, slot.film.x, slot.turnaround.x]
    assert ends == pytest.approx(starts, abs=0.01)
    assert slot.doors.x >= 0 and slot.turnaround.end <= 100.01


def test_now_is_on_the_timeline_only_on_that_day(theatre, show):
    now = timezone.now()

    assert trading_day(theatre, show.trading_day, show.starts_at).now is not None
    assert trading_day(theatre, show.trading_day, now + timedelta(days=1)).now is None


NIGHT_IT_COMES_TWICE, NIGHT_IT_IS_MISSING = date(2026, 10, 24), date(2083, 3, 27)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (NIGHT_IT_COMES_TWICE, ["00", "01", "02", "02", "03"]),
        (NIGHT_IT_IS_MISSING, ["00", "01", "03", "04"]),
    ],
)
def test_shows_keep_their_length_where_the_clocks_change(day, hours):
    berlin = TheatreFactory(time_zone="Europe/Berlin", doors=0)
    night = day + timedelta(days=1)
    starts_at = local_moment(night, time(0, 30), berlin)
    show = listed(theatre=berlin, movie=MovieFactory(runtime=165), starts_at=starts_at)
    show.trading_day = berlin.trading_day(starts_at)
    show.ends_at = show.film_ends_at + timedelta(minutes=15)
    show.save()
    assert show.trading_day == day

    whole = trading_day(berlin, day, starts_at)

    ticks = [tick for tick in whole.ticks if tick.at < show.ends_at]
    assert [f"{tick.at.astimezone(berlin.tz):%H}" for tick in ticks] == hours[: len(ticks)]
    steps = {round(b.x - a.x, 2) for a, b in zip(whole.ticks, whole.ticks[1:], strict=False)}
    assert max(steps) - min(steps) < 0.02
    [slot] = whole.slots
    hour = whole.ticks[1].x - whole.ticks[0].x
    assert slot.whole.width == pytest.approx(3 * hour, abs=0.05)


def test_hours_are_those_of_a_clock_that_is_off_by_a_quarter():
    nepal = TheatreFactory(time_zone="Asia/Kathmandu")
    show = listed(theatre=nepal, starts_at=datetime(2026, 11, 24, 9, 7, tzinfo=UTC))
    whole = trading_day(nepal, show.trading_day, show.starts_at)

    assert {tick.at.astimezone(nepal.tz).minute for tick in whole.ticks} == {0}


# --- What needs attention ----------------------------------------------------------------------


def draft(theatre, **fields) -> Show:
    screen = fields.pop("screen", None) or ScreenFactory(theatre=theatre, rows=1, columns=2)
    return listed(screen=screen, status=Show.Status.DRAFT, starts_at=timezone.now() + timedelta(hours=30), **fields)


def test_a_quiet_day_needs_none(client, show, manager):
    assert "Needs attention" not in page(client)


def test_a_broken_seat_that_is_sold(client, show, manager):
    sold(show, "A1")
    broken = put_off_sale(
        screen=show.screen, seat_ids=[seat(show, "A1").seat_id], kind="BROKEN", from_day=show.trading_day
    )

    said = page(client)

    assert "Grand: a broken seat is sold" in said
    assert reverse("staff-blocks-block", args=["galaxy", broken.pk]) in said


def test_a_draft_that_starts_soon_and_has_no_price(client, theatre, manager):
    show = draft(theatre)

    said = page(client)

    assert show.movie.title in said and "is still a draft." in said and "It has no price card." in said


def test_a_category_without_a_price(client, theatre, manager):
    screen = ScreenFactory(theatre=theatre, plan="aabb")
    card = price_card(theatre)
    Price.objects.filter(category=SeatCategory.objects.get(theatre=theatre, rank=2)).delete()
    draft(theatre, screen=screen, price_card=card)

    assert "Its price card has no price for Premium." in page(client)


def test_a_draft_with_its_prices_is_only_a_draft(client, theatre, manager):
    screen = ScreenFactory(theatre=theatre, plan="aabb")
    draft(theatre, screen=screen, price_card=price_card(theatre))

    said = page(client)

    assert "is still a draft." in said and "no price" not in said


def test_two_shows_with_no_time_between(client, theatre, show, manager):
    show.turnaround, show.ends_at = 0, show.film_ends_at
    show.save()
    Show.objects.filter(pk=listed(screen=show.screen, starts_at=show.ends_at + timedelta(minutes=2)).pk).update(
        trading_day=show.trading_day
    )

    assert "Grand: only 2 minutes between" in page(client)


def test_a_cancelled_show_with_unprocessed_tickets(client, show, manager):
    off = ShowCancellation.objects.create(show=cancelled(show), remedy="REFUND", created_at=timezone.now())
    assert "is cancelled, and some of its tickets are not settled yet." in page(client)

    off.done_at = timezone.now()
    off.save()

    assert "Needs attention" not in page(client)


def test_a_mail_a_buyer_did_not_get(client, show, manager):
    ticket = sold(show, "A1")
    OutgoingMail.objects.update(due_at=None, failed_at=timezone.now(), error="550")

    said = page(client)

    assert "was not delivered: The mail server refused it (550)." in said
    assert reverse("staff-orders-order", args=["galaxy", ticket.reference]) in said


def test_a_mail_that_reached_the_buyer_since_or_whose_show_is_long_over_needs_none(client, show, manager):
    ticket = sold(show, "A1")
    OutgoingMail.objects.update(due_at=None, failed_at=timezone.now(), error="550")
    resent = OutgoingMail.objects.create(kind="TICKET", ticket=ticket, recipient=ticket.order.email, language="en")
    OutgoingMail.objects.filter(pk=resent.pk).update(due_at=None, sent_at=timezone.now() + timedelta(seconds=1))
    assert "Needs attention" not in page(client)

    OutgoingMail.objects.filter(pk=resent.pk).delete()
    OutgoingMail.objects.update(failed_at=timezone.now() - timedelta(days=4))
    assert "Needs attention" in page(client)
    starting_in(show, timedelta(days=-3))
    assert "Needs attention" not in page(client)


def test_mails_that_should_have_been_sent_by_now(client, show, manager):
    sold(show, "A1")
    assert "Needs attention" not in page(client)

    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(minutes=11))

    assert "1 email has been waiting to be sent since" in page(client)


def test_ushers_see_no_mails(client, theatre, show):
    sold(show, "A1")
    OutgoingMail.objects.update(due_at=None, failed_at=timezone.now(), error="550")
    client.force_login(staff(theatre, USHER))

    assert "Needs attention" not in page(client)


@pytest.fixture
def late_refund(show):
    payment = sold(show, "A1").order.payments.get()
    long_ago = timezone.now() - timedelta(hours=5)
    return Refund.objects.create(payment=payment, amount=250, reason="GOODWILL", created_at=long_ago)


def test_money_that_has_been_on_its_way_for_long(client, show, manager, late_refund):
    assert "1 refund of ₹250 has been on its way since" in page(client)


def test_a_payment_undecided_for_long(client, show, manager):
    booked(show, "A1")
    Payment.objects.update(failing_since=timezone.now() - timedelta(minutes=14))
    assert "Needs attention" not in page(client)

    Payment.objects.update(failing_since=timezone.now() - timedelta(minutes=16))

    assert "1 payment of ₹250 has been waiting for the payment provider since" in page(client)
    assert reverse("staff-payments", args=["galaxy"]) in page(client)


def test_ushers_see_no_money(client, theatre, show, late_refund):
    client.force_login(staff(theatre, USHER))

    said = page(client)

    assert "refund" not in said and "₹" not in said
    assert "1 sold" in said


def test_the_box_office_sees_it(client, theatre, show, late_refund):
    client.force_login(staff(theatre, BOX_OFFICE))

    assert "₹250" in page(client)


def test_parties_that_wait_while_seats_are_free(client, show, manager):
    now = timezone.now()
    WaitingEntry.objects.create(show=show, email="w@example.org", party=12, created_at=now)
    Show.objects.filter(pk=show.pk).update(waited_for=True)

    assert f"1 party is waiting for {show.movie.title}" in page(client)


def test_nothing_of_another_theatre_needs_attention_here(client, theatre, manager):
    elsewhere = ShowFactory()
    draft(elsewhere.screen.theatre)
    sold(elsewhere, "A1")
    put_off_sale(
        screen=elsewhere.screen,
        seat_ids=[seat(elsewhere, "A1").seat_id],
        kind="BROKEN",
        from_day=elsewhere.trading_day,
    )

    assert "Needs attention" not in page(client)
    assert not Hold.objects.filter(show__screen__theatre=theatre).exists()
