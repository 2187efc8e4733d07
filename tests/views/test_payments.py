"""The page a buyer returns to from the gateway."""

import re
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from cinema.gateways.base import Result
from cinema.models import Hold, Payment, PriceAdjustment, Refund, SandboxCharge, Show, ShowSeat, Ticket, TicketType
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.money.payments import check_due_payments, start_payment
from cinema.services.money.refunds import send_due_refunds
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.orders import give_goodwill
from cinema.services.orders.staff_actions import RequestedAction
from cinema.services.prices.repricing import reprice_coming
from tests.factories import (
    BOX_OFFICE,
    CONTACT,
    ShowFactory,
    booked,
    cancelled,
    coupon,
    due,
    held,
    lapsed,
    on_card,
    order_hold,
    order_holds,
    past,
    report,
    seat,
    staff,
    ticket_of,
)
from tests.views.browsers import browser, is_kept_nowhere, text

# What follows a commit (refunds, mails) is part of what is tested.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    return ShowFactory(movie__title="The Lunchbox")


@pytest.fixture
def payment(show):
    """Asha has gone to the gateway to pay for A1 and A2."""
    return booked(show, "A1 A2")


def settle(payment: Payment, result: Result = Result.PAID) -> Payment:
    return settle_payment(report=report(payment, result))


def page(payment: Payment, **options):
    return browser("asha").get(payment.get_absolute_url(), **options)


# The page


def test_a_pending_payment_page_polls_by_itself(payment):
    answer = page(payment)

    assert answer.status_code == 200
    assert "We’re waiting for your bank to confirm ₹500." in text(answer)
    assert f'hx-get="{payment.get_absolute_url()}"' in answer.content.decode()
    assert '<meta http-equiv="refresh"' in answer.content.decode()
    assert ticket_of(payment).hold.get_absolute_url() in answer.content.decode()


def test_a_payment_that_was_made_leads_to_the_ticket(payment):
    settle(payment)

    assert page(payment).status_code == 302
    assert page(payment)["Location"] == ticket_of(payment).get_absolute_url()
    assert page(payment, headers={"HX-Request": "true"})["HX-Redirect"] == ticket_of(payment).get_absolute_url()


def test_returning_is_enough_when_the_webhook_was_lost(payment):
    SandboxCharge.objects.update(status="PAID")

    assert page(payment)["Location"] == ticket_of(payment).get_absolute_url()
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED


def test_a_declined_payment_leads_back_while_the_hold_lives(payment):
    settle(payment, Result.DECLINED)

    answer = page(payment)

    assert "The payment was declined" in text(answer)
    assert "Nothing was charged, and your seats are still held: until" in text(answer)
    assert ticket_of(payment).hold.get_absolute_url() in answer.content.decode()
    assert f"/movies/{ticket_of(payment).show.movie.slug}/poster" in answer.content.decode()


def test_a_declined_payment_leads_to_the_map_once_the_hold_is_over(show, payment):
    settle(payment, Result.DECLINED)
    lapsed(ticket_of(payment).hold)

    answer = page(payment)

    assert "Nothing was charged. Your seats are no longer held." in text(answer)
    assert show.get_absolute_url() in answer.content.decode()


def test_paying_after_the_start_shows_the_reason_and_the_refund(show, payment):
    lapsed(ticket_of(payment).hold)
    past(show)
    settle(payment)

    answer = page(payment)

    assert "Sorry, the show had started" in text(answer)
    assert f'<a class="btn btn-primary" href="{show.movie.get_absolute_url()}">' in answer.content.decode()
    assert "Your refund of ₹500 is on its way to your UPI account." in text(answer)


def test_a_late_payment_for_seats_that_cost_more_is_refunded_and_explained():
    show = on_card(adult=100)
    payment = booked(show, "A1")
    lapsed(ticket_of(payment).hold)
    PriceAdjustment.objects.create(card=show.price_card, name="More", amount=50)
    reprice_coming(theatre=show.screen.theatre, card_id=show.price_card_id, version=0, user=None)
    settle(payment)

    assert "Sorry, the price of your seats has changed" in text(page(payment))
    assert "Your refund of ₹100 is on its way" in text(page(payment))


def test_paying_too_late_names_the_lost_seats_and_the_refund(show, payment):
    lapsed(ticket_of(payment).hold)
    held(show, "A2", buyer="ben")
    settle(payment)

    answer = page(payment)

    assert "Sorry, your seats have gone" in text(answer)
    assert "and A 1–2 are no longer available. Your refund of ₹500 is on its way" in text(answer)


def test_seats_that_others_made_cheaper_are_not_said_to_be_gone(show):
    other = ShowFactory(screen__theatre=show.screen.theatre)
    coupon(show.screen.theatre, code="PAIR", value=20, party=2)
    lost = held(show, "A1")
    payment = order_holds(lost, held(other, "B1"), coupon="PAIR")
    start_payment(payment=payment)
    lapsed(lost)
    held(show, "A1", buyer="ben")
    settle(payment)

    said = text(page(payment))

    assert "and A 1 is no longer available. Your other seats were not booked" in said
    assert list(payment.refunds.order_by("pk").values_list("reason", flat=True)) == ["SEATS_GONE", "OTHERS_GONE"]


def test_why_seats_were_not_booked_without_others_is_told(payment):
    payment.refund_reason = Refund.Reason.OTHERS_GONE

    said = " ".join(render_to_string("public/payments/_late.html", {"payment": payment}).split())

    assert "Sorry, your seats were not booked" in said
    assert "these were cheaper only together with them" in said
    assert "expired" not in said


def test_paying_for_a_cancelled_show_shows_the_reason(show, payment):
    cancelled(show)
    settle(payment)

    answer = page(payment)

    assert "Sorry, the show was cancelled" in text(answer)
    assert "Your refund of ₹500 is on its way" in text(answer)
    assert "seats have gone" not in text(answer)


def test_a_late_payment_claims_no_lost_seats_for_another_reason(show, payment):
    payment.refund_reason = Refund.Reason.GOODWILL

    said = render_to_string("public/payments/_late.html", {"payment": payment, "show": show, "seats": []})

    assert "Sorry, your payment came too late" in said
    assert "seats have gone" not in said


def test_a_second_payment_is_refunded_and_the_ticket_stays_valid(show):
    first, second = twice(show)
    settle(first)
    settle(second)

    assert "This booking is already paid" in text(page(second))
    assert "You paid a second time. Your refund of ₹250 is on its way" in text(page(second))
    assert ticket_of(first).get_absolute_url() in page(second).content.decode()
    assert page(first)["Location"] == ticket_of(first).get_absolute_url()
    assert unexplained_seats(show) == []


def test_paying_for_a_cancelled_booking_is_refunded_with_a_notice(show):
    first, second = twice(show)
    cancel_ticket(code=ticket_of(settle(first)).code)
    settle(second)
    send_due_refunds()

    shown = text(page(second, follow=True))
    assert "This ticket is cancelled" in shown
    assert "We refunded ₹250 to your UPI account" in shown
    assert "We refunded ₹250 to your card" in shown
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE
    assert [Payment.objects.get(pk=p.pk).status for p in (first, second)] == ["REFUNDED", "REFUNDED"]
    assert unexplained_seats(show) == []


# Pages of earlier attempts


@pytest.mark.parametrize("earlier", [None, Result.DECLINED], ids=["replaced", "declined"])
def test_the_page_of_an_earlier_attempt_leads_to_the_ticket_that_is_paid(show, earlier):
    first, second = twice(show, earlier)
    settle(second)

    shown = page(first)

    assert "This booking is already paid" in text(shown)
    assert ticket_of(second).get_absolute_url() in shown.content.decode()
    for lost in ("Waiting", "declined", "ended", show.get_absolute_url(), "hx-trigger"):
        assert lost not in shown.content.decode()


def test_so_does_that_of_an_attempt_with_other_ticket_types():
    show = on_card(adult=250, child=150)
    hold = held(show, "A1")
    first = checked_out(hold, "UPI")
    second = checked_out(hold, "UPI", types={seat(show, "A1").pk: TicketType.objects.get(name="Child").pk})
    settle(second)

    assert "This booking is already paid" in text(page(first))
    assert ticket_of(second).get_absolute_url() in page(first).content.decode()
    settle(first)
    assert "You paid a second time. Your refund of ₹250 is on its way" in text(page(first))
    assert Refund.objects.get().reason == Refund.Reason.PAID_TWICE
    assert unexplained_seats(show) == []


@pytest.mark.parametrize("earlier", [None, Result.DECLINED], ids=["replaced", "declined"])
def test_the_page_of_an_earlier_attempt_leads_to_that_of_the_latest(show, earlier):
    first, second = twice(show, earlier)

    assert page(first)["Location"] == second.get_absolute_url()
    assert page(first, headers={"HX-Request": "true"})["HX-Redirect"] == second.get_absolute_url()
    assert "Waiting" in text(page(second))


def test_a_payment_some_of_which_was_refunded_still_leads_to_its_ticket(show, payment):
    ticket = ticket_of(settle(payment))
    requested = RequestedAction(staff(show.screen.theatre, BOX_OFFICE), "loud", 0, "one")
    give_goodwill(code=ticket.code, amount=Decimal(50), requested=requested)

    assert page(payment)["Location"] == ticket.get_absolute_url()


def test_the_page_of_an_expired_hold_leads_to_its_undecided_payment(show, payment):
    hold = ticket_of(payment).hold
    lapsed(hold)

    assert browser("asha").get(hold.get_absolute_url())["Location"] == payment.get_absolute_url()
    shown = text(page(payment))
    assert "Your seats are no longer held. If you paid, we’ll confirm them if they’re still free" in shown
    assert 'role="timer"' not in page(payment).content.decode()


def test_the_page_of_a_hold_whose_money_came_too_late_leads_to_why(show, payment):
    hold = ticket_of(payment).hold
    lapsed(hold)
    held(show, "A2", buyer="ben")
    settle(payment)

    assert "Sorry, your seats have gone" in text(browser("asha").get(hold.get_absolute_url(), follow=True))


def test_the_page_of_a_hold_whose_payment_was_declined_says_that_nothing_was_charged(payment):
    settle(payment, Result.DECLINED)
    lapsed(ticket_of(payment).hold)

    shown = browser("asha").get(ticket_of(payment).hold.get_absolute_url())

    assert shown.status_code == 409
    assert "Nothing was charged." in text(shown)


def test_releasing_seats_at_the_gateway_does_not_say_that_nothing_was_charged(payment):
    answer = browser("asha").post(reverse("hold-release", args=[ticket_of(payment).hold.code]), follow=True)

    assert "Your seats have been released. If you paid, we’ll confirm" in text(answer)
    assert "Nothing was charged" not in text(answer)


@pytest.mark.parametrize("result", [None, Result.DECLINED], ids=["waiting", "declined"])
def test_a_pending_or_declined_payment_shows_the_time_left(payment, result):
    if result:
        settle(payment, result)

    shown = page(payment).content.decode()

    assert re.search(r'data-countdown="(5\d\d|600)"', shown)
    assert "js/countdown" in shown


# Coming back from the gateway by POST


def test_a_buyer_returned_from_the_provider_by_post_gets_their_page(payment):
    client = browser("asha", enforce_csrf_checks=True)

    answer = client.post(payment.get_absolute_url(), {"status": "ok"}, headers={"Origin": "https://pay.example.com"})

    assert (answer.status_code, answer["Location"]) == (303, payment.get_absolute_url())
    assert "Waiting" in text(client.get(answer["Location"]))


def test_returning_by_post_asks_nobody_and_changes_nothing(payment, statements):
    SandboxCharge.objects.update(status="PAID")

    with statements() as seen:
        browser("asha").post(payment.get_absolute_url())

    assert len(seen) <= 1 and not [each for each in seen if not each.startswith(("SELECT", "EXECUTE read_"))]
    assert Payment.objects.get().status == Payment.Status.PENDING


# Paying again


def twice(show: Show, earlier: Result | None = None) -> list[Payment]:
    """Two attempts to pay for the same ticket: in two tabs, or the second after the ``earlier`` one had a result."""
    hold = held(show, "A1")
    first = checked_out(hold, "UPI")
    if earlier:
        settle(first, earlier)
    return [first, checked_out(hold, "CARD")]


def checked_out(hold: Hold, mode: str, types: dict[int, int] | None = None) -> Payment:
    key = f"{mode} {types}"
    payment = order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode=mode, key=key, types=types or {})
    start_payment(payment=payment)
    return payment


def test_31_posts_for_the_same_ticket_open_one_payment_and_one_charge(payment):
    address = reverse("ticket-payment", args=[ticket_of(payment).code])

    pages = {browser().post(address)["Location"] for _ in range(31)}

    assert pages == {SandboxCharge.objects.get().get_absolute_url()}
    assert Payment.objects.get() == payment


def test_a_ticket_whose_payment_was_declined_gets_a_new_one(payment):
    settle(payment, Result.DECLINED)

    browser().post(reverse("ticket-payment", args=[ticket_of(payment).code]))

    assert list(Payment.objects.order_by("pk").values_list("status", flat=True)) == ["FAILED", "PENDING"]


def test_paying_again_in_a_mode_that_is_no_longer_offered_says_so(payment, settings):
    settle(payment, Result.DECLINED)
    settings.PAYMENT_GATEWAYS = {"CARD": "sandbox"}

    answer = browser("asha").post(reverse("ticket-payment", args=[ticket_of(payment).code]), follow=True)

    assert "This payment method is no longer offered. Nothing was charged" in text(answer)
    assert Payment.objects.count() == 1


def test_the_back_button_asks_again(payment):
    assert is_kept_nowhere(page(payment))
    settle(payment)
    assert is_kept_nowhere(page(payment))
    assert is_kept_nowhere(browser("asha").get(ticket_of(payment).get_absolute_url()))


@pytest.mark.parametrize("code", ["unknown", "x" * 5000, "%00", "a%00", "%FF"])
def test_an_unknown_payment_is_404(code, payment):
    assert browser("asha").get(payment.get_absolute_url().replace(payment.code, code)).status_code == 404


def test_a_report_of_another_amount_confirms_nothing(show, payment):
    SandboxCharge.objects.update(status="PAID", amount=Decimal(1))
    other = booked(show, "B1", buyer="ben")
    SandboxCharge.objects.filter(reference=other.code).update(status="PAID")

    assert page(payment).status_code == 200
    due(payment, other)
    assert check_due_payments() == 1
    assert ticket_of(other).status == Ticket.Status.CONFIRMED
    assert ticket_of(payment).status == Ticket.Status.PENDING


@pytest.mark.parametrize("waiting", [True, False], ids=["waiting", "too late"])
def test_the_page_of_a_payment_takes_the_same_few_statements_for_any_number_of_seats(show, waiting, statements):
    for buyer, names in [("asha", "A1"), ("ben", "B1 B2 B3"), ("cleo", "C1 C2 C3 C4 C5 C6 C7 C8")]:
        payment = booked(show, names, buyer=buyer)
        if not waiting:
            lapsed(ticket_of(payment).hold)
            held(show, names, buyer=f"another {buyer}")
            settle(payment)
        with statements() as seen:
            assert browser(buyer).get(reverse("payment", args=[payment.code])).status_code == 200
        assert len(seen) <= 6, "\n".join(seen)
