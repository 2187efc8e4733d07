"""The ticket page, its calendar file, cancelling, and all of one's own tickets."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import segno
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from cinema.domain import qr
from cinema.models import Movie, Order, Payment, Refund, Ticket, TicketType
from cinema.selectors.money.refund_ways import ways_back
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.counter import pay_out
from tests.factories import (
    CONTACT,
    LanguageFactory,
    MovieFactory,
    ShowFactory,
    UserFactory,
    admitted,
    booked,
    cancelled,
    coupon,
    held,
    listed,
    on_card,
    order_hold,
    order_holds,
    owner,
    past,
    report,
    seat,
    sold,
    sold_at_till,
    starting_in,
    ticket_of,
    till_session,
)
from tests.mails import forget_mails, outbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(
        movie__title="The Lunchbox",
        screen__name="Audi 2",
        screen__plan="aaaa\nbbbb",
        screen__theatre__name="Regal",
        screen__theatre__refund_percent=80,
        subtitles=LanguageFactory(code="en", name="English"),
        starts_at=datetime(2100, 11, 26, 13, 0, tzinfo=UTC),
    )


@pytest.fixture
def ticket(show):
    return sold(show, "A1 B2")


@pytest.fixture
def cancellation(ticket):
    return reverse("ticket-cancellation", args=[ticket.code])


DEDUCTED = "We’ve deducted ₹250 because other seats in your order were cheaper only together with these."


def content(response):
    return " ".join(response.content.decode().split())


def test_a_ticket_page_shows_all_data(client, ticket):
    page = content(client.get(ticket.get_absolute_url()))

    for fact in (
        "The Lunchbox",
        "UA",
        "18:30",
        "Friday 26 November 2100",
        "Regal",
        "1 Marine Drive, Mumbai",
        "Audi 2",
        "Directions",
    ):
        assert fact in page
    for fact in ("Hindi", "English subtitles", "2D", "Row A, seat 1", "Classic", "₹250", "Row B, seat 2", "Premium"):
        assert fact in page
    for fact in ("₹350", "₹600", f"{ticket.reference[:4]}-{ticket.reference[4:]}", "Asha Rao"):
        assert fact in page


@pytest.mark.parametrize(
    ("certificate", "rule"),
    [
        ("UA 13+", "Parents decide for children under 13."),
        ("FSK 16", "For ages 16 and over. Please bring proof of age."),
        ("A", "Adults only (18 and over). Please bring proof of age."),
    ],
)
def test_a_ticket_explains_its_age_certificate(client, show, ticket, certificate, rule):
    Movie.objects.update(certificate=certificate)

    assert f'<p class="ticket-age"> {rule} </p>' in content(client.get(ticket.get_absolute_url()))


def test_a_ticket_and_its_line_in_the_list_write_seats_in_short(client, show):
    ticket = sold(show, "A1 A2 B2")
    ticket.order.user = UserFactory()
    ticket.order.save()
    client.force_login(ticket.order.user)

    assert "A 1–2 · B 2" in content(client.get(ticket.get_absolute_url()))
    assert "A 1–2 · B 2" in content(client.get(reverse("my-tickets")))


def test_a_ticket_does_not_show_the_address_that_could_cancel_it(client, ticket):
    assert CONTACT.email not in content(client.get(ticket.get_absolute_url()))


def test_the_qr_code_is_the_link_to_the_ticket_and_has_no_inline_style(client, ticket):
    page = content(client.get(ticket.get_absolute_url()))

    link = settings.SITE_URL + ticket.get_absolute_url()
    assert segno.make(link, error="m", micro=False, mask=qr.MASK).svg_inline(omitsize=True, svgclass="qr") in page
    assert "style=" not in page


def test_a_show_after_midnight_names_the_night_it_belongs_to(client, show):
    show = ShowFactory(screen=show.screen, starts_at=datetime(2100, 11, 25, 19, 0, tzinfo=UTC))

    page = content(client.get(sold(show, "A1").get_absolute_url()))

    assert "Friday 26 November 2100" in page
    assert "Night from Thursday to Friday" in page


def test_an_unpaid_ticket_leads_to_its_payment_and_has_no_qr_code(client, show):
    ticket = ticket_of(booked(show, "A1"))

    page = content(client.get(ticket.get_absolute_url()))

    assert reverse("ticket-payment", args=[ticket.code]) in page
    assert "<svg" not in page


def test_a_cancelled_ticket_shows_its_refund_and_no_qr_code(client, ticket, cancellation):
    client.post(cancellation, {"email": CONTACT.email})

    page = content(client.get(ticket.get_absolute_url()))

    assert "Your refund of ₹480 is on its way to your UPI account." in page
    assert "<svg" not in page
    Refund.objects.update(status=Refund.Status.DONE, done_at=timezone.now())
    assert "We refunded ₹480 to your UPI account on " in content(client.get(ticket.get_absolute_url()))


@pytest.mark.parametrize(
    ("mode", "account"),
    [
        ("UPI", "your UPI account"),
        ("CARD", "your card"),
        ("NETBANKING", "your bank account"),
        ("WALLET", "your wallet"),
    ],
)
def test_a_refund_names_where_it_goes(client, ticket, cancellation, mode, account):
    Payment.objects.update(mode=mode)
    assert f"It goes back to {account}." in content(client.get(cancellation))

    client.post(cancellation, {"email": CONTACT.email})

    assert f"Your refund of ₹480 is on its way to {account}." in content(client.get(ticket.get_absolute_url()))
    assert f"We’re refunding ₹480 to {account}." in outbox()[-1].body
    Refund.objects.update(status=Refund.Status.FAILED)
    assert f"₹480 could not be sent to {account}." in content(client.get(ticket.get_absolute_url()))


@pytest.mark.parametrize(
    ("mode", "done"), [("CASH", "We refunded ₹200 in cash on"), ("TERMINAL", "We refunded ₹200 to your card on")]
)
def test_what_was_paid_at_a_till_is_collected_at_the_box_office(client, show, mode, done):
    session, by = till_session(show.screen.theatre), owner()
    ticket = sold_at_till(session, show, "A1", mode)
    assert ways_back(ticket.order, ticket.kept).is_at_till

    cancel_ticket(code=ticket.code)

    assert "Please collect your refund of ₹200 at the box office." in content(client.get(ticket.get_absolute_url()))
    refund = Refund.objects.get()
    pay_out(theatre=session.theatre, code=refund.code, till=session.code, by=by, supervisor=by)
    assert done in content(client.get(ticket.get_absolute_url()))


def test_a_full_refund_is_shown_as_one(client, show, cancellation):
    Ticket.objects.update(refund_percent=100)

    assert "You’ll get a full refund of <strong>₹600</strong>." in content(client.get(cancellation))


def test_what_other_tickets_of_the_order_cost_more_is_said_before_it_is_deducted(client, show):
    coupon(show.screen.theatre, code="PAIR", kind="N_FOR_M", value=0, buy=2, pay=1)
    other = ShowFactory(screen__theatre=show.screen.theatre)
    payment = settle_payment(report=report(order_holds(held(show, "B1"), held(other, "A1"), coupon="PAIR")))

    page = content(client.get(reverse("ticket-cancellation", args=[payment.order.tickets.get(show=show).code])))

    assert "You’ll get <strong>₹80</strong> of ₹100 (80%) back." in page
    assert "your other tickets in this order cost ₹250 more. We deduct that from your refund." in page


def test_a_ticket_whose_refund_is_all_deducted_is_not_called_non_refundable(client, show):
    coupon(show.screen.theatre, code="PAIR", kind="N_FOR_M", value=0, buy=2, pay=1)
    other = ShowFactory(screen__theatre=show.screen.theatre)
    payment = settle_payment(report=report(order_holds(held(show, "A1"), held(other, "A1"), coupon="PAIR")))
    forget_mails()
    url = reverse("ticket-cancellation", args=[payment.order.tickets.get(amount=250).code])

    before = content(client.get(url))
    after = content(client.post(url, {"email": CONTACT.email, "seen": "0.00"}, follow=True))
    mail = outbox()[-1].body

    for said in (before, after, mail):
        assert "Nothing is refunded." in said
        assert "non-refundable" not in said
    for said in (after, mail):
        assert DEDUCTED in said


def test_a_ticket_keeps_saying_what_was_deducted_when_its_mail_is_gone(client, show):
    coupon(show.screen.theatre, code="PAIR", kind="N_FOR_M", value=0, buy=2, pay=1)
    other = ShowFactory(screen__theatre=show.screen.theatre)
    payment = settle_payment(report=report(order_holds(held(show, "A1"), held(other, "A1"), coupon="PAIR")))
    ticket, kept = payment.order.tickets.order_by("-amount")
    cancel_ticket(code=ticket.code)
    forget_mails()

    assert DEDUCTED in content(client.get(ticket.get_absolute_url()))
    assert "deducted" not in content(client.get(kept.get_absolute_url()))
    client.force_login(owner())
    path = reverse("staff-orders-order", args=[show.screen.theatre.slug, ticket.reference])
    assert DEDUCTED in content(client.get(path))


def test_a_ticket_that_stays_valid_says_what_was_deducted_for_its_cancelled_seats(client, show):
    ticket = sold(show, "A1 A2")
    Ticket.objects.update(deducted=250)

    assert DEDUCTED in content(client.get(ticket.get_absolute_url()))


def test_a_refund_that_has_changed_since_it_was_shown_is_shown_again(client, ticket, cancellation):
    assert 'name="seen" value="480.00"' in content(client.get(cancellation))
    Ticket.objects.update(refund_percent=50)

    response = client.post(cancellation, {"email": CONTACT.email, "seen": "480.00"})

    assert response.status_code == 409
    page = content(response)
    assert "The refund is now ₹300." in page and 'name="seen" value="300.00"' in page
    assert client.post(cancellation, {"email": CONTACT.email, "seen": "300.00"}).status_code == 302
    assert Refund.objects.get().amount == 300


def test_a_ticket_without_a_refund_is_called_non_refundable(client, ticket, cancellation):
    Ticket.objects.update(refund_percent=0)

    assert "This ticket is non-refundable." in content(client.get(ticket.get_absolute_url()))
    assert "This ticket is non-refundable." in content(client.get(cancellation))


def test_an_expired_declined_ticket_shows_that_nothing_was_charged(client, show):
    payment = booked(show, "A1")
    settle_payment(report=report(payment, "DECLINED"))
    Ticket.objects.update(status=Ticket.Status.EXPIRED)

    page = content(client.get(ticket_of(payment).get_absolute_url()))

    assert "Nothing was charged" in page
    assert show.get_absolute_url() in page


def test_an_expired_ticket_explains_what_happens_to_a_late_payment(client, show):
    ticket = ticket_of(booked(show, "A1"))
    Ticket.objects.update(status=Ticket.Status.EXPIRED)

    page = content(client.get(ticket.get_absolute_url()))

    assert "If you paid, we’ll confirm your seats if they’re still free, or refund you in full." in page
    assert "Nothing was charged" not in page


@pytest.mark.django_db(transaction=True)
def test_the_ticket_of_an_earlier_choice_leads_to_that_of_the_later_one(client):
    show = on_card(adult=250, child=150)
    hold = held(show, "A1")
    types = [{}, {seat(show, "A1").pk: TicketType.objects.get(name="Child").pk}]
    first, second = (
        ticket_of(order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", key=str(chosen), types=chosen))
        for chosen in types
    )

    assert client.get(first.get_absolute_url()).url == second.get_absolute_url()
    settle_payment(report=report(second.order.payments.get()))
    assert client.get(first.get_absolute_url()).url == second.get_absolute_url()
    assert client.get(second.get_absolute_url()).status_code == 200


def test_the_ticket_of_a_cancelled_show_says_so(client, show, ticket):
    cancelled(show)

    assert "This show was cancelled" in content(client.get(ticket.get_absolute_url()))


@pytest.mark.parametrize("page", ["ticket", "ticket-calendar", "ticket-cancellation"])
def test_an_unknown_code_is_not_found(client, page):
    assert client.get(reverse(page, args=["nobody-knows-this-code"])).status_code == 404


@pytest.mark.parametrize("page", ["ticket", "ticket-calendar", "ticket-cancellation"])
def test_pages_about_a_ticket_are_kept_by_no_cache_and_no_search_engine(client, ticket, page):
    response = client.get(reverse(page, args=[ticket.code]))

    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("names", ["A1", "A1 A2 A3", "A1 A2 A3 A4 B1 B2 B3 B4"])
def test_a_ticket_page_needs_the_same_queries_for_any_number_of_seats(client, show, names, django_assert_num_queries):
    ticket = sold(show, names)

    with django_assert_num_queries(3):
        client.get(ticket.get_absolute_url())


def test_the_calendar_file_has_the_show_in_utc(client, ticket):
    response = client.get(reverse("ticket-calendar", args=[ticket.code]))

    [event] = Calendar.from_ical(response.content).events
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="ticket-{ticket.reference}.ics"'
    assert event["dtstart"].to_ical() == b"21001126T130000Z"
    assert event.duration == timedelta(minutes=15 + 120)
    assert event["uid"] == f"{ticket.reference}@testserver"
    assert event["location"] == "Regal, 1 Marine Drive, Mumbai"
    assert "Row A, seat 1" in event["description"]
    assert event["url"].endswith(ticket.get_absolute_url())


def test_before_cancelling_the_refund_and_the_deadline_are_shown(client, cancellation):
    page = content(client.get(cancellation))

    assert "You’ll get <strong>₹480</strong> of ₹600 (80%) back." in page
    assert "Cancel by Friday 26 November, 16:30. This can’t be undone." in page
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED


def test_a_guest_cancels_with_the_address_of_the_booking_in_any_case(
    client, ticket, cancellation, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(cancellation, {"email": " ASHA@example.org "})

    assert response.url == ticket.get_absolute_url()
    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.CANCELLED
    assert Refund.objects.get().amount == Decimal(480)
    assert outbox()[-1].subject.startswith("Cancelled: The Lunchbox")


def test_a_ticket_that_was_scanned_is_neither_cancelled_nor_moved(client, ticket, cancellation):
    admitted(ticket)
    page = content(client.get(ticket.get_absolute_url()))
    assert "has been scanned at the door" in page
    assert "Cancel this ticket" not in page and "Change seats" not in page
    for address in (cancellation, reverse("ticket-seats", args=[ticket.code])):
        for answer in (client.get(address), client.post(address, {"email": "asha@example.org"})):
            assert answer.status_code in (400, 409) and "has been scanned at the door" in content(answer), address
    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.CONFIRMED


@pytest.mark.parametrize("email", ["ben@example.org", "", "nonsense"])
def test_whoever_does_not_know_the_address_cannot_cancel(client, cancellation, email):
    response = client.post(cancellation, {"email": email})

    assert response.status_code == 400
    assert "email" in response.context["form"].errors
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED


def test_the_owner_cancels_without_typing_the_address(client, ticket, cancellation):
    owner = UserFactory()
    Order.objects.update(user=owner)
    client.force_login(owner)

    assert client.post(cancellation).url == ticket.get_absolute_url()


def test_another_signed_in_user_must_enter_the_email(client, cancellation):
    client.force_login(UserFactory())

    assert client.post(cancellation).status_code == 400


@pytest.mark.parametrize("ask", ["get", "post"])
def test_after_the_cut_off_the_answer_is_a_refusal_in_a_sentence(client, show, cancellation, ask):
    starting_in(show, timedelta(minutes=119))

    response = getattr(client, ask)(cancellation, {"email": CONTACT.email})

    assert response.status_code == 409
    assert "until 120 minutes before the show" in content(response)
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED


def test_cancelling_twice_leads_to_the_cancelled_ticket(client, ticket, cancellation):
    client.post(cancellation, {"email": CONTACT.email})

    response = client.post(cancellation, {"email": CONTACT.email})

    assert response["Location"] == ticket.get_absolute_url()
    assert Refund.objects.count() == 1


@pytest.fixture
def asha(client):
    user = UserFactory()
    client.force_login(user)
    return user


def test_my_tickets_say_which_show_was_cancelled(client, asha):
    ticket = sold(ShowFactory(), "A1")
    Order.objects.update(user=asha)
    assert "This show was cancelled." not in content(client.get(reverse("my-tickets")))
    cancelled(ticket.show)

    assert "This show was cancelled." in content(client.get(reverse("my-tickets")))


def test_who_has_no_coming_tickets_sees_what_is_on_next(client, asha, statements):
    with statements() as few:
        assert 'class="film-links' not in client.get(reverse("my-tickets")).content.decode()
    for days, title in ((2, "Ran"), (1, "Ikiru")):
        listed(days=days, movie=MovieFactory(title=title))

    with statements() as many:
        page = content(client.get(reverse("my-tickets")))

    assert len(few) + 1 == len(many)
    assert 0 < page.index("Ikiru") < page.index("Ran")
    assert 'class="film-links' not in content(client.get(reverse("my-tickets"), {"section": "past"}))


def test_my_tickets_are_sorted_into_coming_past_and_cancelled(client, asha):
    coming, gone = sold(ShowFactory(movie__title="Coming"), "A1"), sold(ShowFactory(movie__title="Gone"), "A1")
    unpaid, off = (
        ticket_of(booked(ShowFactory(movie__title="Unpaid"), "A1")),
        sold(ShowFactory(movie__title="Off"), "A1"),
    )
    Order.objects.update(user=asha)
    past(starting_in(gone.show, timedelta(0)))
    type(gone.show).objects.filter(pk=gone.show_id).update(ends_at=timezone.now())
    client.post(reverse("ticket-cancellation", args=[off.code]))
    sold(ShowFactory(movie__title="Of somebody else"), "A1")

    def section(name):
        return set(client.get(reverse("my-tickets"), {"section": name}).context["page"])

    assert section("coming") == {coming, unpaid}
    assert section("past") == {gone}
    assert section("cancelled") == {off}
    assert section("nonsense") == section("coming")


def test_an_unpaid_ticket_whose_hold_ran_out_is_not_listed(client, asha):
    ticket = ticket_of(booked(ShowFactory(), "A1"))
    Order.objects.update(user=asha)
    type(ticket.hold).objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert not client.get(reverse("my-tickets")).context["page"].object_list


@pytest.fixture
def guest_ticket(asha, show):
    ticket = sold(show, "A1")
    Order.objects.update(email=asha.email)
    return ticket


def test_tickets_booked_without_the_account_are_listed_by_its_address(client, asha, guest_ticket, show):
    sold(show, "A2")

    page = client.get(reverse("my-tickets")).context

    assert list(page["page"]) == [guest_ticket]
    assert page["counts"]["coming"] == 1


def test_a_ticket_of_another_account_is_not_listed_by_its_address(client, guest_ticket):
    Order.objects.update(user=UserFactory())

    assert not client.get(reverse("my-tickets")).context["page"].object_list
    assert client.post(reverse("ticket-cancellation", args=[guest_ticket.code])).status_code == 400


def test_a_ticket_booked_without_the_account_is_cancelled_with_it(client, guest_ticket):
    assert client.post(reverse("ticket-cancellation", args=[guest_ticket.code])).url == guest_ticket.get_absolute_url()


def test_many_tickets_come_in_pages_and_a_wrong_page_is_the_nearest(client, asha):
    for hour in range(25):
        sold(ShowFactory(starts_at=datetime(2100, 1, 1 + hour, tzinfo=UTC)), "A1")
    Order.objects.update(user=asha)

    assert "Page 1 of 2" in content(client.get(reverse("my-tickets")))
    assert len(client.get(reverse("my-tickets"), {"page": "99"}).context["page"]) == 5


@pytest.mark.parametrize("count", [1, 3, 20])
def test_my_tickets_ask_the_database_as_often_for_one_as_for_many(client, asha, count, django_assert_num_queries):
    screen = ShowFactory().screen
    for day in range(count):
        sold(ShowFactory(screen=screen, starts_at=datetime(2100, 1, 1 + day, 12, tzinfo=UTC)), "A1 A2")
    Order.objects.update(user=asha)

    with django_assert_num_queries(7):
        client.get(reverse("my-tickets"))
