"""Paying with vouchers: services.booking.vouchers, and how their payments are settled and refunded."""

from datetime import time, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cinema.exceptions import (
    PrepaidChanged,
    RefundTooHigh,
    UnknownVoucher,
    VoucherBlocked,
    VoucherExpired,
    VoucherIndivisible,
    VoucherNotForSeats,
    VoucherNotForShow,
    VoucherNotNeeded,
    VoucherNotYetValid,
    VoucherOfOtherTheatre,
    VoucherUsed,
)
from cinema.gateways.base import RefundReport, RefundState
from cinema.models import MoneyEntry, Order, Payment, Refund, Show, Ticket, Voucher
from cinema.selectors.booking.tickets import cancellation_terms, ticket_by_code
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.selectors.money.ledger_faults import voucher_faults
from cinema.services.money.refunds import receive_refund
from cinema.services.money.vouchers import block_batch, block_voucher
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.orders import cancel_order, give_goodwill, return_seats
from cinema.services.orders.show_cancellations import cancel_show, process_cancellation
from tests.factories import (
    MovieFactory,
    ShowFactory,
    coupon,
    gift_card,
    held,
    lapsed,
    on_card,
    owner,
    seat_ids,
    sold,
    ticket_of,
    vouchers,
)
from tests.services.booking.prepaid import check_out, expired, is_sound, is_used, paid, refunds, tenders
from tests.services.orders.test_orders import requested

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


@pytest.fixture
def show():
    """Seats A1 and A2 cost 250 each, B1 and B2 350."""
    return ShowFactory(screen__plan="aaaa\nbbbb", screen__theatre__refund_percent=50)


@pytest.fixture
def voucher(show):
    [one] = vouchers(show.screen.theatre)
    return one


def bought(show, names, *some, **more):
    """A ticket for these seats, paid with vouchers and the rest with UPI."""
    payment = check_out(held(show, names), *some, **more)
    if payment.amount:
        paid(payment)
    return ticket_of(payment)


def today(show):
    return timezone.now().astimezone(show.screen.theatre.tz).date()


# --- At the checkout ---------------------------------------------------------------------------


def test_a_voucher_pays_for_the_dearest_seat_and_the_provider_is_asked_for_the_rest(show, voucher):
    payment = check_out(held(show, "A1 B1"), voucher)

    assert (payment.amount, payment.order.total) == (250, 600)
    assert tenders(payment.order) == [("VOUCHER", 350, "PENDING"), ("UPI", 250, "PENDING")]
    assert Payment.objects.get(mode="VOUCHER").ticket_seat.show_seat.seat.label == "Row B, seat 1"
    assert is_used(voucher)

    paid(payment)

    assert tenders(payment.order) == [("VOUCHER", 350, "SUCCESS"), ("UPI", 250, "SUCCESS")]
    assert (ticket_of(payment).kept, ticket_of(payment).kept_vouchers) == (600, 350)
    captures = MoneyEntry.objects.filter(kind="CAPTURE").values_list("debit", "amount")
    assert sorted(captures) == [("clearing:sandbox", 250), (f"vouchers:{voucher.batch_id}", 350)]
    assert is_sound()


def test_an_order_wholly_paid_by_vouchers_needs_no_provider(show):
    payment = check_out(held(show, "A1 B1"), *vouchers(show.screen.theatre, 2))

    assert (payment.amount, payment.status, payment.gateway) == (0, Payment.Status.SUCCESS, "")
    assert ticket_of(payment).status == Ticket.Status.CONFIRMED
    assert is_sound()


def test_vouchers_pay_first_and_gift_cards_after_them_beside_a_coupon(show, voucher):
    coupon(show.screen.theatre, code="TEN")
    card = gift_card(show.screen.theatre, amount=100)

    payment = check_out(held(show, "A1 B1"), voucher, card, coupon="TEN")

    # 350 and 250 less ten percent
    assert [tender[:2] for tender in tenders(payment.order)] == [("VOUCHER", 315), ("GIFT_CARD", 100), ("UPI", 125)]
    paid(payment)
    assert is_sound()


def test_a_voucher_pays_for_a_seat_and_not_for_the_booking_fee(show, voucher):
    show.screen.theatre.web_fee = 20
    show.screen.theatre.save()

    payment = check_out(held(show, "A1"), voucher)

    assert [tender[:2] for tender in tenders(payment.order)] == [("VOUCHER", 250), ("UPI", 20)]


def test_the_same_code_twice_counts_once(show, voucher):
    payment = check_out(held(show, "A1 A2"), voucher, voucher.code.lower(), f" {voucher.groups} ")

    assert tenders(payment.order)[1:] == [("UPI", 250, "PENDING")]


def test_vouchers_on_different_conditions_pay_for_as_many_seats_as_they_can(show):
    theatre = show.screen.theatre
    [anywhere] = vouchers(theatre)
    [front] = vouchers(theatre, categories=[theatre.seat_categories.get(rank=2)])

    payment = check_out(held(show, "A1 B1"), anywhere, front)

    seats = Payment.objects.filter(mode="VOUCHER").values_list("voucher", "amount")
    assert sorted(seats) == [(anywhere.pk, 250), (front.pk, 350)]
    assert payment.amount == 0


def test_a_voucher_of_all_theatres_pays_at_each(show):
    assert check_out(held(show, "A1"), *vouchers(None)).amount == 0


def test_a_basket_of_two_shows_takes_a_voucher_for_one_of_them(show):
    other = ShowFactory(screen__theatre=show.screen.theatre, price=500)
    [voucher] = vouchers(show.screen.theatre, movies=[show.movie])

    payment = check_out([held(show, "A1"), held(other, "A1")], voucher)

    assert payment.amount == 500
    paid(payment)
    assert sorted(Ticket.objects.values_list("kept", "kept_vouchers")) == [(250, 250), (500, 0)]
    assert is_sound()


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        (lambda show: {"valid_until": today(show) - DAY}, VoucherExpired),
        (lambda show: {"valid_from": today(show) + DAY}, VoucherNotYetValid),
        (lambda show: {"movies": [MovieFactory()]}, VoucherNotForShow),
        (lambda show: {"weekdays": ((show.trading_day.weekday() + 1) % 7,)}, VoucherNotForShow),
        (lambda show: {"until_time": time(17, 59)}, VoucherNotForShow),
        (lambda show: {"from_time": time(18, 1)}, VoucherNotForShow),
        (lambda show: {"categories": [show.screen.theatre.seat_categories.get(rank=2)]}, VoucherNotForSeats),
    ],
)
def test_a_voucher_that_does_not_fit_is_refused_and_nothing_is_booked(show, terms, refusal):
    [voucher] = vouchers(show.screen.theatre, **terms(show))
    hold = held(show, "A1")

    with pytest.raises(refusal):
        check_out(hold, voucher)

    assert not Order.objects.exists() and not is_used(voucher)


def test_a_voucher_fits_on_the_edges_of_its_conditions(show):
    terms = {"valid_from": today(show), "valid_until": today(show), "from_time": time(18), "until_time": time(18)}
    [voucher] = vouchers(show.screen.theatre, movies=[show.movie], weekdays=(show.trading_day.weekday(),), **terms)

    assert check_out(held(show, "A1"), voucher).amount == 0


@pytest.mark.parametrize(
    ("times", "fits"),
    [
        ({"until_time": time(17)}, False),
        ({"from_time": time(17)}, True),
        ({"from_time": time(22), "until_time": time(0, 30)}, True),
        ({"from_time": time(22), "until_time": time(0, 29)}, False),
    ],
)
def test_a_show_after_midnight_is_late_for_vouchers_with_times(show, times, fits):
    theatre, half_past_midnight = show.screen.theatre, show.starts_at + timedelta(hours=6, minutes=30)
    show = ShowFactory(screen__theatre=theatre, starts_at=half_past_midnight)
    [voucher] = vouchers(theatre, **times)

    if fits:
        assert check_out(held(show, "A1"), voucher).amount == 0
    else:
        with pytest.raises(VoucherNotForShow):
            check_out(held(show, "A1"), voucher)


@pytest.mark.parametrize(
    ("first", "last", "fits"),
    [
        (time(0), time(23, 59), True),
        (time(0), time(18), True),
        (time(0), time(17, 59), False),
    ],
)
def test_times_of_vouchers_that_begin_after_midnight_go_on_in_the_next_day(show, first, last, fits):
    [voucher] = vouchers(show.screen.theatre, from_time=first, until_time=last)

    if fits:
        assert check_out(held(show, "A1"), voucher).amount == 0
    else:
        with pytest.raises(VoucherNotForShow):
            check_out(held(show, "A1"), voucher)


def test_a_voucher_for_a_ticket_type_needs_such_a_ticket():
    show = on_card(adult=250, child=150)
    child = show.screen.theatre.ticket_types.get(name="Child")
    [voucher] = vouchers(show.screen.theatre, ticket_types=[child])
    hold = held(show, "A1 A2")

    with pytest.raises(VoucherNotForSeats, match="Child"):
        check_out(hold, voucher)
    payment = check_out(hold, voucher, types={seat_ids(show, "A2")[0]: child.pk})
    assert (payment.order.total, payment.amount) == (400, 250)


def test_codes_that_are_unknown_blocked_used_elsewhere_or_not_needed_say_so(show, voucher):
    theatre, hold = show.screen.theatre, held(show, "A1")
    [foreign] = vouchers(ShowFactory().screen.theatre)
    [of_blocked_batch], [blocked] = vouchers(theatre), vouchers(theatre)
    block_batch(theatre=theatre, pk=of_blocked_batch.batch_id, blocked=True, user=owner())
    block_voucher(theatre=theatre, pk=blocked.pk, blocked=True, user=owner())
    check_out(held(ShowFactory(screen__theatre=theatre), "A1", buyer="ben"), voucher, key="ben")

    for some, refusal in [
        (["K7PM-3WXY-9QRT"], UnknownVoucher),
        (["x" * 1000], UnknownVoucher),
        ([foreign], VoucherOfOtherTheatre),
        ([blocked], VoucherBlocked),
        ([of_blocked_batch], VoucherBlocked),
        ([voucher], VoucherUsed),
        (vouchers(theatre, 2), VoucherNotNeeded),
    ]:
        with pytest.raises(refusal):
            check_out(hold, *some)
    assert Order.objects.count() == 1


def test_a_show_that_takes_no_coupons_takes_no_vouchers(show, voucher):
    Show.objects.update(no_coupons=True)

    with pytest.raises(VoucherNotForShow, match="No vouchers"):
        check_out(held(show, "A1"), voucher)


def test_what_vouchers_leave_to_pay_is_what_the_buyer_was_shown(show, voucher):
    hold = held(show, "A1 A2")

    with pytest.raises(PrepaidChanged):
        check_out(hold, voucher, seen_rest=Decimal(100))

    assert not is_used(voucher)
    assert check_out(hold, voucher, seen_rest=Decimal(250)).amount == 250


def test_a_checkout_without_vouchers_has_no_statement_about_them(show):
    hold = held(show, "A1")

    with CaptureQueriesContext(connection) as seen:
        paid(check_out(hold))

    assert not [query["sql"] for query in seen if "cinema_voucher" in query["sql"].replace("uses_voucher", "")]


# --- Before it is paid -------------------------------------------------------------------------


def test_another_checkout_of_the_hold_may_use_the_voucher_for_another_seat(show, voucher):
    hold = held(show, "A1 A2")
    first = check_out(hold, voucher, key="one")

    assert check_out(hold, voucher, key="two") == first
    again = check_out(hold, key="three")

    assert (again.amount, is_used(voucher)) == (500, False)
    assert is_sound()


def test_money_that_comes_after_the_voucher_was_used_elsewhere_goes_back(show, voucher):
    card = gift_card(show.screen.theatre, amount=100)
    hold = held(show, "A1 A2")
    payment = check_out(hold, voucher, card)
    expired(hold)
    bought(ShowFactory(screen__theatre=show.screen.theatre), "A1", voucher, key="other")

    settled = paid(payment)

    refund = Refund.objects.get()
    assert (refund.payment, refund.amount, refund.reason) == (payment, 150, "VOUCHER_USED")
    assert (settled.refund_reason, ticket_of(payment).status) == ("VOUCHER_USED", Ticket.Status.EXPIRED)
    card.refresh_from_db()
    assert card.balance == 100
    assert is_sound()


def test_of_a_basket_with_one_lost_show_only_its_voucher_is_given_back(show):
    other = ShowFactory(screen__theatre=show.screen.theatre, price=500)
    of_lost, of_other = vouchers(show.screen.theatre, 2)
    first, second = held(show, "A1 A2"), held(other, "A1")
    payment = check_out([first, second], of_other, of_lost)  # the dearest first: 500, then 250
    lapsed(first)
    sold(show, "A1", buyer="ben")

    paid(payment)

    assert sum(map(is_used, (of_lost, of_other))) == 1
    assert refunds() == [("UPI", 250, "PENDING"), ("VOUCHER", 250, "DONE")]
    assert is_sound()


# --- Returned --------------------------------------------------------------------------------


def test_a_cancelled_ticket_gives_the_voucher_back_whole_and_a_share_of_the_rest(show, voucher):
    ticket = bought(show, "A1 B1", voucher)
    terms = cancellation_terms(ticket_by_code(ticket.code))
    assert (terms.of, terms.amount, terms.vouchers, terms.money) == (600, 475, 350, 125)

    cancel_ticket(code=ticket.code)

    assert refunds() == [("UPI", 125, "PENDING"), ("VOUCHER", 350, "DONE")]
    assert tenders(ticket.order)[0] == ("VOUCHER", 350, "REFUNDED")
    assert not is_used(voucher)
    assert is_sound()
    assert bought(show, "A1", voucher, key="again").kept_vouchers == 250
    assert is_sound()


def test_a_theatre_that_refunds_nothing_gives_no_voucher_back(show, voucher):
    ticket = bought(show, "A1", voucher)
    Ticket.objects.update(refund_percent=0)

    cancel_ticket(code=ticket.code)

    assert is_used(voucher) and not Refund.objects.exists()
    assert is_sound()


def test_a_cancelled_show_gives_back_vouchers_and_money(show, voucher):
    show.screen.theatre.web_fee = 20
    show.screen.theatre.save()
    bought(show, "A1 B1", voucher)

    process_cancellation(cancellation=cancel_show(show_id=show.pk, user=owner(), reason="no light", remedy="REFUND"))

    assert refunds() == [("UPI", 290, "PENDING"), ("VOUCHER", 350, "DONE")]
    assert not is_used(voucher)
    assert is_sound()


def test_a_voucher_returned_on_its_last_day_keeps_that(show):
    [voucher] = vouchers(show.screen.theatre, valid_until=today(show))

    cancel_ticket(code=bought(show, "A1", voucher).code)

    voucher.refresh_from_db()
    assert voucher.extended_until is None


def test_a_voucher_that_has_expired_meanwhile_is_good_for_another_thirty_days(show):
    [voucher] = vouchers(show.screen.theatre, valid_until=today(show))
    ticket = bought(show, "A1", voucher)
    voucher.batch.valid_until = today(show) - DAY
    voucher.batch.save()

    cancel_ticket(code=ticket.code)

    voucher.refresh_from_db()
    assert voucher.extended_until == today(show) + 30 * DAY
    assert bought(show, "A1", voucher, key="again").kept_vouchers == 250


def test_a_returned_seat_gives_its_voucher_back_and_another_seat_money(show, voucher):
    ticket = bought(show, "A1 A2 B1", voucher)
    by = {"code": ticket.code, "requested": requested(owner(), reason="ill")}

    return_seats(**by, seat_ids=seat_ids(show, "A1"))

    assert refunds() == [("UPI", 250, "PENDING")] and is_used(voucher)
    by["requested"] = requested(owner(), "two", seen=ticket.audit.latest("pk").pk)
    with pytest.raises(VoucherIndivisible):
        return_seats(**by, seat_ids=seat_ids(show, "B1"), amount=Decimal(100))
    return_seats(**by, seat_ids=seat_ids(show, "B1"))
    assert refunds() == [("UPI", 250, "PENDING"), ("VOUCHER", 350, "DONE")]
    assert not is_used(voucher)
    assert is_sound()


def test_goodwill_is_never_money_for_a_voucher(show, voucher):
    ticket = bought(show, "A1 B1", voucher)
    by = {"code": ticket.code, "requested": requested(owner(), reason="cold")}

    with pytest.raises(VoucherIndivisible):
        give_goodwill(**by, amount=Decimal(251))
    give_goodwill(**by, amount=Decimal(250))

    cancel_ticket(code=ticket.code)
    assert refunds() == [("UPI", 250, "PENDING"), ("VOUCHER", 350, "DONE")]
    assert is_sound()


def test_staff_cannot_refund_a_part_of_a_voucher(show, voucher):
    ticket = bought(show, "A1 B1", voucher)
    by = {"code": ticket.code, "requested": requested(owner(), reason="ill")}

    with pytest.raises(VoucherIndivisible):
        cancel_order(**by, amount=Decimal(300))
    with pytest.raises(RefundTooHigh):
        cancel_order(**by, amount=Decimal(601))
    cancel_order(**by, amount=Decimal(400))

    assert refunds() == [("UPI", 50, "PENDING"), ("VOUCHER", 350, "DONE")]
    assert is_sound()


def test_an_exchange_for_a_cheaper_show_refunds_no_difference_of_a_voucher(show, voucher):
    cheap = ShowFactory(screen__theatre=show.screen.theatre, price=100)
    ticket = bought(show, "A1 A2", voucher)

    by = {"requested": requested(owner(), reason="moved"), "refund_difference": True}
    exchange_order(code=ticket.code, show_id=cheap.pk, seat_ids=seat_ids(cheap, "A1 A2"), **by)

    assert refunds() == [("UPI", 150, "PENDING")]
    assert is_sound()
    cancel_ticket(code=ticket.code)
    assert not is_used(voucher)
    assert is_sound()


def test_a_refund_at_the_provider_leaves_the_voucher_used(show, voucher):
    other = ShowFactory(screen__theatre=show.screen.theatre, price=250)
    payment = check_out([held(show, "A1"), held(other, "A1")], voucher)
    paid(payment)
    told = {"reference": payment.code, "refund_id": "dashboard", "key": "", "currency": "INR"}

    made = RefundReport(state=RefundState.DONE, amount=25000, **told)
    receive_refund(report=made, gateway=payment.gateway, asked=True)

    assert refunds() == [("UPI", 250, "DONE")]
    assert sorted(Ticket.objects.values_list("kept", "kept_vouchers")) == [(0, 0), (250, 250)]
    assert is_used(voucher)
    assert is_sound()


# --- In the database ---------------------------------------------------------------------------


def test_the_database_lets_a_voucher_pay_once(show, voucher):
    ticket = bought(show, "A1", voucher)
    again = ticket.order.payments.get(mode="VOUCHER")
    again.pk, again.code, again.key, again._state.adding = None, "another", "another", True

    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)


def test_the_check_names_a_voucher_that_is_open_though_it_has_paid(show, voucher):
    bought(show, "A1", voucher)

    Voucher.objects.update(used_at=None)

    assert list(voucher_faults()) == [f"Voucher {voucher.pk} is open, but a payment uses it"]
    Voucher.objects.update(used_at=timezone.now())
    Ticket.objects.update(kept_vouchers=0)
    assert [str(fault) for fault in unexplained_seats(show)]
