"""Vouchers on the checkout page and in the JSON interface: typed, taken, listed, removed, paid with."""

import pytest
from django.urls import reverse

from cinema.models import Order, Payment, Ticket, Voucher
from cinema.services.booking.expiry import release_expired
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.orders import return_seats
from cinema.services.orders.show_cancellations import cancel_show
from cinema.services.people.failed_tries import LIMITS, Kind
from tests.factories import (
    ShowFactory,
    TheatreFactory,
    coupon,
    gift_card,
    held,
    lapsed,
    owner,
    report,
    seat_ids,
    sold,
    vouchers,
)
from tests.mails import outbox
from tests.services.orders.test_orders import requested
from tests.views.api.programs import Program, wish
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db


NO_DIGITS = str.maketrans("012568", "CDFGHJ")  # which no code has


@pytest.fixture
def show():
    """Seats A1 and A2 cost 250, B1 costs 350."""
    return ShowFactory(screen__plan="aa\nbb")


@pytest.fixture
def voucher(show):
    [one] = vouchers(show.screen.theatre)
    return one


@pytest.fixture
def client():
    return browser("asha")


@pytest.fixture
def hold(show):
    return held(show, "A1 B1")


def form_of(page, **changes):
    """The checkout as the page shows it, filled in."""
    form = page.context["form"]
    hidden = {name: form[name].value() for name in ("seats", "total", "rest", "vouchers", "gift_cards", "key")}
    mine = {"name": "Asha Rao", "email": "asha@example.org", "phone": "", "mode": "UPI", "coupon": "", "gift_card": ""}
    return hidden | mine | changes


def taken(client, hold, *codes):
    """The checkout after these codes were typed."""
    page = client.get(hold.get_absolute_url())
    for code in codes:
        page = client.post(hold.get_absolute_url(), form_of(page, gift_card=code, update="1"))
    return page


def bought(client, hold, *codes):
    """The ticket, paid with these codes and the rest with UPI."""
    client.post(hold.get_absolute_url(), form_of(taken(client, hold, *codes)))
    payment = Payment.objects.by_provider().latest("pk")
    if payment.amount:
        settle_payment(report=report(payment))
    return Ticket.objects.get()


def test_a_typed_voucher_is_listed_with_the_seat_that_it_pays_for(client, hold, voucher):
    page = taken(client, hold, voucher.groups.lower())

    assert f"Voucher {voucher} −₹350" in text(page)
    assert "Left to pay ₹250" in text(page) and "Pay ₹250" in text(page)
    assert f"Voucher {voucher} pays for Row B, seat 1." in text(page)
    assert page.context["form"]["gift_card"].value() == ""
    assert not Voucher.objects.exclude(used_at=None).exists()


def test_the_same_voucher_typed_twice_pays_once(client, hold, voucher):
    page = taken(client, hold, voucher.groups, voucher.code)

    assert "Left to pay ₹250" in text(page)
    assert page.context["form"]["vouchers"].value() == [voucher.code]


def test_a_voucher_can_be_removed(client, hold, voucher):
    page = client.post(hold.get_absolute_url(), form_of(taken(client, hold, voucher.code), remove_card=voucher.code))

    assert "Pay ₹600" in text(page) and str(voucher) not in text(page)


def test_vouchers_and_a_gift_card_pay_for_all_of_it(client, hold, voucher, show):
    card = gift_card(show.screen.theatre, amount=300)

    page = taken(client, hold, card.groups, voucher.groups)

    assert "Left to pay ₹0" in text(page) and "Confirm the booking" in text(page)
    ticket = bought(client, hold, card.groups, voucher.groups)
    assert ticket.status == Ticket.Status.CONFIRMED
    modes = ticket.order.payments.order_by("pk").values_list("mode", "amount")
    assert list(modes) == [("VOUCHER", 350), ("GIFT_CARD", 250), ("", 0)]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("K7PM-3WXY-9QRT", "We don’t know the code “K7PM3WXY9QRT”. Please check it."),
        ("x" * 1000, "We don’t know the code “xxxx"),
        ("<b>", "We don’t know the code “<b>”"),
    ],
)
def test_a_code_that_is_none_is_said_to_be_unknown(client, hold, typed, said):
    page = taken(client, hold, typed)

    assert page.status_code == 200 and said in text(page).replace("&lt;", "<").replace("&gt;", ">")
    answer = client.post(hold.get_absolute_url(), form_of(client.get(hold.get_absolute_url()), gift_card=typed))
    assert answer.status_code == 400
    assert not Order.objects.exists()


def test_a_voucher_that_does_not_fit_says_why_and_nothing_is_booked(client, hold, show):
    [foreign] = vouchers(TheatreFactory(name="Elsewhere"))
    [front] = vouchers(show.screen.theatre, until_time="10:00")
    [used] = vouchers(show.screen.theatre)
    other = held(ShowFactory(screen__theatre=show.screen.theatre), "A1", buyer="ben")
    ben = browser("ben")
    ben.post(other.get_absolute_url(), form_of(taken(ben, other, used.code)))

    for voucher, said in {
        foreign: "is only valid at Elsewhere.",
        front: "is not valid on this day or at this time.",
        used: "was already used on",
    }.items():
        page = taken(client, hold, voucher.groups)
        assert f"The voucher {voucher} {said}" in text(page)
        answer = client.post(hold.get_absolute_url(), form_of(page, gift_card=voucher.groups))
        assert answer.status_code == 409 and f"The voucher {voucher} {said}" in text(answer)
    assert Order.objects.count() == 1


def test_a_voucher_used_in_two_windows_pays_in_one_of_them(client, show, voucher):
    windows = {client: held(show, "A1"), browser("ben"): held(show, "A2", buyer="ben")}
    pages = {window: taken(window, hold, voucher.code) for window, hold in windows.items()}

    answers = [window.post(hold.get_absolute_url(), form_of(pages[window])) for window, hold in windows.items()]

    assert [answer.status_code for answer in answers] == [303, 409]
    assert "was already used on" in text(answers[1]) and "Pay ₹250" in text(answers[1])


def test_guessing_codes_is_limited(client, hold, voucher):
    page = client.get(hold.get_absolute_url())
    for number in range(LIMITS[Kind.GIFT_CARD].from_one):
        client.post(
            hold.get_absolute_url(), form_of(page, gift_card=f"K7PM3WXY9Q{number:02}".translate(NO_DIGITS), update="1")
        )

    page = client.post(hold.get_absolute_url(), form_of(page, gift_card=voucher.code, update="1"))

    assert page.status_code == 429 and "Too many wrong codes" in text(page)


def test_a_discount_that_makes_the_seat_free_leaves_nothing_to_the_voucher(client, show, voucher):
    coupon(show.screen.theatre, code="ALL", value=100)
    hold = held(show, "A1")

    page = client.post(hold.get_absolute_url(), form_of(taken(client, hold, voucher.code), coupon="ALL", update="1"))

    assert "Book for free" in text(page)


def test_an_earlier_checkout_is_shown_with_its_voucher(client, hold, voucher):
    client.post(hold.get_absolute_url(), form_of(taken(client, hold, voucher.code)))

    page = client.get(hold.get_absolute_url())

    assert "Left to pay ₹250" in text(page)
    assert page.context["form"]["vouchers"].value() == [voucher.code]


def test_a_cancelled_ticket_says_that_the_voucher_can_be_used_again(client, hold, voucher):
    ticket = bought(client, hold, voucher.code)
    assert "to get ₹250 back. Your vouchers can then be used again." in text(client.get(ticket.get_absolute_url()))
    question = text(client.get(reverse("ticket-cancellation", args=[ticket.code])))
    assert "It goes back to your UPI account. You’ll get your vouchers back" in question
    assert "You’ll get a full refund of ₹250 ." in question

    cancel_ticket(code=ticket.code)

    page, mail = text(client.get(ticket.get_absolute_url())), outbox()[-1].body
    assert "We gave you your voucher back on" in page and "₹250 is on its way to your UPI account" in page
    assert "You can use your voucher again." in mail and "₹350" not in mail.partition("Row")[0]


def test_a_ticket_wholly_paid_by_a_voucher_has_no_money_to_give_back(client, show, voucher):
    ticket = bought(client, held(show, "A1"), voucher.code)

    assert "to get your vouchers back." in text(client.get(ticket.get_absolute_url()))
    question = text(client.get(reverse("ticket-cancellation", args=[ticket.code])))
    assert "You’ll get your vouchers back, so that you can use them again." in question
    assert "It goes back" not in question


def test_the_pages_of_a_cancelled_show_speak_of_vouchers(client, hold, voucher, show):
    ticket = bought(client, hold, voucher.code)
    cancel_show(show_id=show.pk, user=owner(), reason="no light", remedy="REFUND")

    assert "You’ll get your vouchers back, and we’re refunding whatever else" in text(
        client.get(ticket.get_absolute_url())
    )


def test_the_mail_about_a_returned_seat_names_the_money_and_the_voucher(client, show, voucher):
    ticket = bought(client, held(show, "A1 A2 B1"), voucher.code)

    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A1 B1"), requested=requested(owner()))

    mail = outbox()[-1]
    assert mail.subject.startswith("Refund of ₹250") and "Your vouchers can be used again." in mail.body


def test_late_money_for_a_used_voucher_is_explained(client, hold, voucher, show):
    client.post(hold.get_absolute_url(), form_of(taken(client, hold, voucher.code)))
    payment = Payment.objects.get(mode="UPI")
    lapsed(hold)
    other = held(ShowFactory(screen__theatre=show.screen.theatre), "A1", buyer="ben")
    release_expired(show_id=show.pk)
    ben = browser("ben")
    ben.post(other.get_absolute_url(), form_of(taken(ben, other, voucher.code)))

    settle_payment(report=report(payment))

    assert "your voucher could not be used by then" in text(client.get(payment.get_absolute_url()))
    assert "By then your voucher could not be used" in outbox()[-1].body


def test_lost_seats_of_a_voucher_are_explained(client, show, voucher):
    other = ShowFactory(screen__theatre=show.screen.theatre, price=100)
    first, second = held(show, "B1"), held(other, "A1")
    page = taken(client, first, voucher.code)
    client.post(first.get_absolute_url(), form_of(page, holds=page.context["form"]["holds"].value()))
    lapsed(first)
    sold(show, "B1", buyer="ben")

    settle_payment(report=report(Payment.objects.filter(mode="UPI", order__tickets__hold=second).latest("pk")))

    mail = next(mail for mail in outbox() if mail.subject.startswith("Not booked"))
    assert "Your vouchers can be used again." in mail.body and "refunding" not in mail.body


def test_staff_see_the_voucher_on_the_page_of_the_order(client, hold, voucher, show):
    ticket = bought(client, hold, voucher.code)
    issue_due_receipts()
    client.force_login(owner())

    page = text(client.get(reverse("staff-orders-order", args=[show.screen.theatre.slug, ticket.reference])))

    assert "Voucher ₹350 · paid" in page and "UPI ₹250 · paid" in page
    assert "Vouchers paid ₹350 of it" in page and f"Vouchers: batch {voucher.batch_id}" in page
    money = text(client.get(reverse("staff-payments", args=[show.screen.theatre.slug])))
    assert "Voucher" in money


def test_a_program_books_with_vouchers(show, voucher):
    program = Program()

    answer = program.post(wish(show, "A1", vouchers=[voucher.groups]), key="one")

    assert answer.status_code == 201 and answer.json()["ticket"]["payment_url"] is None
    again = program.post(wish(show, "A2", vouchers=[voucher.code]), key="two")
    assert (again.status_code, again.json()["code"]) == (409, "voucher_used")
    unknown = program.post(wish(show, "A2", vouchers=["K7PM3WXY9QRT"]), key="three")
    assert unknown.status_code == 400 and "vouchers" in unknown.json()["errors"]
    for bad in ("K7PM", [1], [["x"]], ["x" * 101], {"a": 1}):
        assert program.post(wish(show, "A2", vouchers=bad), key="four").status_code == 400
    assert Ticket.objects.count() == 1
