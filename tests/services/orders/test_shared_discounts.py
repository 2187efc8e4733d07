"""Coupons that tickets of one order share: what becomes of a discount when one of them is cancelled or exchanged."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from cinema.exceptions import NotExchangeable, SeatsDearer
from cinema.models import OrderLine, Refund, Show, Ticket
from cinema.selectors.booking.tickets import cancellation_terms, ticket_by_code
from cinema.selectors.money.receipts import receipts_of
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.orders.buyer_exchanges import ExchangeChoice, exchange_ticket
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.orders import cancel_order, give_goodwill, return_seats
from cinema.services.orders.show_cancellations import cancel_show, process_cancellation
from cinema.services.orders.upgrades import UpgradeRequest, begin_upgrade
from tests.factories import (
    MANAGER,
    ScreenFactory,
    ShowFactory,
    coupon,
    gift_card,
    held,
    owner,
    seat_ids,
    staff,
    tax_rule,
    vouchers,
)
from tests.mails import forget_mails, outbox
from tests.services.booking.prepaid import check_out, is_sound, paid
from tests.services.order_machine import taxes_in_ledger, taxes_on_receipts
from tests.services.orders.test_orders import requested
from tests.services.orders.test_seat_cancellations import cancel
from tests.services.orders.upgrades import prices, refunded

pytestmark = pytest.mark.django_db


@pytest.fixture
def shows() -> list[Show]:
    """Three shows of a film at 250, row B at 350, with a fee of 20 for each seat and 18 % tax."""
    terms = {"cancel_cutoff": 60, "refund_percent": 100, "web_fee": 20, "tax": 18, "buyer_exchanges": True}
    first = ShowFactory(screen__plan="aaaa\nbbbb", **{f"screen__theatre__{name}": of for name, of in terms.items()})
    return [first, further(first), further(first)]


def further(show: Show, **fields: object) -> Show:
    screen = ScreenFactory(theatre=show.screen.theatre, plan="aaaa\nbbbb")
    return ShowFactory(**{"movie": show.movie, "screen": screen, "price": 250} | fields)


def bought(seats: Mapping[Show, str], *prepaid: object) -> list[Ticket]:
    """The tickets of one order of these seats, with the coupon DEAL, those the cheapest first."""
    holds = [held(show, names) for show, names in seats.items()]
    order = paid(check_out(holds, *prepaid, coupon="DEAL")).order
    forget_mails()
    return sorted((now(ticket) for ticket in order.tickets.all()), key=lambda ticket: (ticket.current_price, ticket.pk))


def now(ticket: Ticket) -> Ticket:
    return ticket_by_code(ticket.code)


def two_for_one(show: Show, **conditions: object) -> None:
    coupon(show.screen.theatre, code="DEAL", kind="N_FOR_M", value=0, buy=2, pay=1, **conditions)


@pytest.fixture
def pair(shows) -> list[Ticket]:
    """The free and the paid ticket of a deal of two for one, at two shows."""
    two_for_one(shows[0])
    return bought({shows[0]: "A1", shows[1]: "A1"})


def revenues(*tickets: Ticket) -> list[Decimal]:
    return [Show.objects.get(pk=ticket.show_id).revenue for ticket in tickets]


def test_without_the_paid_ticket_the_free_one_costs_its_price(pair):
    free, paid_one = pair
    assert cancellation_terms(now(paid_one)).amount == 0

    cancel_ticket(code=paid_one.code)

    assert (refunded(), prices(free), now(free).kept, now(paid_one).kept) == (0, [250], 250, 20)
    assert revenues(free, paid_one) == [250, 20]
    assert is_sound()
    cancel_ticket(code=free.code)
    assert (refunded(), now(free).kept) == (250, 0)
    assert is_sound()


def test_without_the_free_ticket_the_paid_one_costs_what_it_did(pair):
    free, paid_one = pair

    cancel_ticket(code=free.code)

    assert (refunded(), prices(paid_one)) == (0, [250])
    cancel_ticket(code=paid_one.code)
    assert refunded() == 250
    assert is_sound()


@pytest.mark.parametrize("order", [(2, 1, 0), pytest.param((1, 2, 0), marks=pytest.mark.nightly)])
@pytest.mark.parametrize(
    "deal",
    [
        {"value": 20, "party": 3},
        {"value": 20, "minimum": 600},
        {"kind": "PRICE", "value": 200, "party": 3},
        {"kind": "N_FOR_M", "value": 0, "buy": 3, "pay": 2},
    ],
)
def test_cancelling_one_after_the_other_never_refunds_more_than_the_rest_costs(shows, deal, order: tuple[int, ...]):
    coupon(shows[0].screen.theatre, code="DEAL", **deal)
    tickets = bought(dict.fromkeys(shows, "A1"))
    price = sum(ticket.current_price for ticket in tickets)

    first, second, third = (tickets[number] for number in order)
    cancel_ticket(code=first.code)
    assert refunded() <= price - min(500, price)
    assert is_sound()
    cancel_ticket(code=second.code)
    assert refunded() <= price - 250
    assert is_sound()
    cancel_ticket(code=third.code)
    assert refunded() == price
    assert is_sound()


def test_half_is_refunded_in_the_end_where_the_theatre_refunds_half(pair):
    Ticket.objects.update(refund_percent=50)
    free, paid_one = pair

    cancel_ticket(code=paid_one.code)
    assert refunded() == 0
    cancel_ticket(code=free.code)

    assert refunded() == 125
    assert is_sound()


def test_seats_of_a_ticket_take_the_discount_of_another_with_them(shows):
    coupon(shows[0].screen.theatre, code="DEAL", value=20, party=4)
    one, other = bought({shows[0]: "A1 A2", shows[1]: "A1 A2"})

    cancel(one, "A1", seen=50)  # 200, less 50 for each other seat

    assert (prices(one), prices(other), refunded()) == ([250], [250, 250], 50)
    assert is_sound()
    cancel_ticket(code=other.code)
    cancel_ticket(code=one.code)
    assert refunded() == 800
    assert is_sound()


def test_two_other_tickets_at_one_show_both_keep_more_for_it(shows):
    coupon(shows[0].screen.theatre, code="DEAL", value=20, party=3)
    tickets = bought(dict.fromkeys(shows, "A1"))
    one, two, three = sorted(tickets, key=lambda ticket: ticket.show_id)
    exchange(one, shows[1], "A2", 0)

    cancel_ticket(code=three.code)

    assert (prices(one), prices(two), refunded()) == ([250], [250], 100)
    assert revenues(now(one), three) == [540, 20]
    assert is_sound()


def exchange_as_staff(ticket: Ticket, show: Show, names: str) -> None:
    by = requested(staff(show.screen.theatre, MANAGER), reason="was late")
    exchange_order(code=ticket.code, show_id=show.pk, seat_ids=seat_ids(show, names), requested=by)


def test_seats_that_have_shared_their_prices_cost_no_more_than_on_the_order(shows):
    coupon(shows[0].screen.theatre, code="DEAL", kind="N_FOR_M", value=0, buy=3, pay=2)
    tickets = bought({shows[0]: "A1 A2", shows[1]: "A1"})
    one, other = sorted(tickets, key=lambda ticket: ticket.show_id)
    exchange_as_staff(one, shows[2], "A1 A2")
    assert prices(one) == [125, 125]  # of 0 and 250

    cancel_ticket(code=other.code)

    assert (prices(one), refunded()) == ([250, 250], 0)
    assert is_sound()
    cancel_ticket(code=one.code)
    assert refunded() == 500
    assert is_sound()


def test_a_seat_returned_before_shares_what_the_rest_of_its_ticket_costs_more(shows):
    coupon(shows[0].screen.theatre, code="DEAL", kind="N_FOR_M", value=0, buy=3, pay=2)
    tickets = bought({shows[0]: "A1 A2", shows[1]: "A1 A2"})
    one, other = sorted(tickets, key=lambda ticket: ticket.show_id)
    exchange_as_staff(one, shows[2], "A1 A2")
    cancel(now(one), "A1", seen=125)
    assert prices(one) == [125]

    cancel_ticket(code=other.code)

    assert (prices(one), refunded()) == ([250], 500)
    assert is_sound()


def test_what_staff_have_given_in_an_exchange_is_not_deducted(shows):
    coupon(shows[0].screen.theatre, code="DEAL", value=20, party=2)
    one, other = bought({shows[0]: "A1", shows[1]: "A1"})
    exchange(one, further(shows[0], price=100), "A1", 100)
    exchange_as_staff(one, shows[2], "A1")
    assert prices(one) == [100]  # of 250

    cancel_ticket(code=other.code)

    assert (prices(one), refunded()) == ([150], 250)  # 50 deducted
    assert is_sound()


def test_the_mail_says_what_was_deducted(pair):
    cancel_ticket(code=pair[1].code)

    [mail] = outbox()
    deducted = "We’ve deducted ₹250 because other seats in your order were cheaper only together with these."
    assert deducted in mail.body


def test_a_ticket_keeps_what_was_deducted_for_all_its_seats(shows):
    coupon(shows[0].screen.theatre, code="DEAL", kind="N_FOR_M", value=0, buy=3, pay=2)
    free, one = bought({shows[0]: "B1 B2 B3 B4", shows[1]: "A1 A2"})

    cancel(now(one), "B1", seen=100)
    assert (now(one).deducted, sum(prices(free))) == (250, 250)
    cancel_ticket(code=one.code)

    assert (now(one).deducted, now(free).deducted, prices(free)) == (500, 0, [250, 250])
    assert is_sound()


def test_a_ticket_of_which_staff_refund_more_keeps_what_was_left_to_deduct(pair):
    by = requested(staff(pair[0].show.screen.theatre, MANAGER), reason="was ill")

    cancel_order(code=pair[1].code, requested=by, amount=Decimal(100))

    assert now(pair[1]).deducted == 170  # with the fee
    assert is_sound()


def test_if_the_theatre_cancels_a_show_the_other_ticket_keeps_its_price(pair):
    free, paid_one = pair

    process_cancellation(
        cancellation=cancel_show(show_id=paid_one.show_id, user=owner(), reason="no light", remedy="REFUND")
    )

    assert (refunded(), prices(free)) == (270, [0])
    assert is_sound()
    cancel_ticket(code=free.code)
    assert (refunded(), now(paid_one).deducted) == (270, 0)
    assert is_sound()


def test_if_the_theatre_cancels_a_show_no_other_ticket_becomes_free(shows):
    coupon(shows[0].screen.theatre, code="DEAL", kind="N_FOR_M", value=0, buy=3, pay=2)
    free, one, other = bought(dict.fromkeys(shows, "A1"))
    off = cancel_show(show_id=other.show_id, user=owner(), reason="no light", remedy="REFUND")
    process_cancellation(cancellation=off)

    cancel_ticket(code=one.code)

    assert (refunded(), prices(free)) == (270, [250])
    assert is_sound()


def test_nothing_is_deducted_for_a_ticket_whose_show_is_cancelled(pair):
    free, paid_one = pair
    Ticket.objects.update(refund_percent=50)
    cancel_show(show_id=free.show_id, user=owner(), reason="no light", remedy="REFUND")

    cancel_ticket(code=paid_one.code)

    assert refunded() == 125


def test_a_discount_that_one_refund_could_not_take_back_is_deducted_from_the_next(shows):
    coupon(shows[0].screen.theatre, code="DEAL", kind="PRICE", value=90, party=3)
    one, two, three = bought(dict.fromkeys(shows, "A1"))

    cancel_ticket(code=one.code)  # its 90 is all that the others can become dearer
    cancel_ticket(code=two.code)

    assert (refunded(), prices(three)) == (20, [250])
    assert is_sound()


def test_a_discount_lost_before_is_not_deducted_again(shows):
    coupon(shows[0].screen.theatre, code="DEAL", value=20, party=3)
    one, two, _three = bought(dict.fromkeys(shows, "A1"))
    cancel_ticket(code=one.code)

    terms = cancellation_terms(now(two))

    assert (terms.of, terms.deducted) == (250, 0)


def test_staff_refund_by_the_same_rule_or_more_out_of_goodwill(pair):
    free, paid_one = pair
    by = requested(staff(free.show.screen.theatre, MANAGER), reason="was ill")

    cancel_order(code=paid_one.code, requested=by, amount=Decimal(100))

    assert (refunded(), prices(free), now(free).kept) == (100, [170], 170)  # with the fee
    assert is_sound()


def test_staff_refund_by_default_what_the_buyer_would_get(pair):
    free, paid_one = pair
    by = requested(staff(free.show.screen.theatre, MANAGER), reason="was ill")

    cancel_order(code=paid_one.code, requested=by)

    assert (refunded(), prices(free)) == (0, [250])
    assert is_sound()


def test_staff_return_a_seat_for_what_the_others_leave(shows):
    coupon(shows[0].screen.theatre, code="DEAL", value=20, party=4)
    one, other = bought({shows[0]: "A1 A2", shows[1]: "A1 A2"})
    by = requested(staff(one.show.screen.theatre, MANAGER), reason="was ill")

    return_seats(code=one.code, seat_ids=seat_ids(one.show, "A1"), requested=by)

    assert (refunded(), prices(other)) == (50, [250, 250])
    assert is_sound()


def test_no_more_is_deducted_than_goodwill_has_left(pair):
    free, paid_one = pair
    by = requested(staff(free.show.screen.theatre, MANAGER), reason="noise")
    give_goodwill(code=paid_one.code, amount=Decimal(200), requested=by)

    cancel_ticket(code=paid_one.code)

    assert (refunded(), prices(free)) == (200, [50])
    cancel_ticket(code=free.code)
    assert refunded() == 250
    assert is_sound()


def test_a_gift_card_gets_back_what_it_paid_in_the_end(shows):
    two_for_one(shows[0])
    card = gift_card(shows[0].screen.theatre, 500)
    free, paid_one = bought({shows[0]: "A1", shows[1]: "A1"}, card)

    cancel_ticket(code=paid_one.code)
    cancel_ticket(code=free.code)

    card.refresh_from_db()
    assert card.balance == 480  # all but the fee
    assert is_sound()


def test_a_seat_that_a_voucher_paid_for_gives_no_money_to_others(shows):
    coupon(shows[0].screen.theatre, code="DEAL", value=20, party=2)
    [voucher] = vouchers(shows[0].screen.theatre)
    tickets = bought({shows[0]: "A1", shows[1]: "A1"}, voucher)
    by_voucher = next(ticket for ticket in tickets if ticket.kept_vouchers)
    other = next(ticket for ticket in tickets if ticket != by_voucher)

    cancel_ticket(code=by_voucher.code)
    assert (prices(other), is_sound()) == ([200], True)
    cancel_ticket(code=other.code)

    assert is_sound()


def exchange(ticket: Ticket, show: Show, names: str, seen: int) -> None:
    exchange_ticket(code=ticket.code, choice=ExchangeChoice(show.pk, seat_ids(show, names)), seen=Decimal(seen))


def test_the_paid_ticket_is_not_exchanged_for_a_cheap_seat_beside_the_free_one(pair):
    free, paid_one = pair
    cheap = further(free.show, price=10)

    with pytest.raises(NotExchangeable, match="would end a discount"):
        exchange(paid_one, cheap, "A1", 240)

    exchange(free, cheap, "A1", 0)
    assert refunded() == 0


def test_the_paid_ticket_is_not_exchanged_for_a_show_that_the_deal_is_not_for(shows):
    two_for_one(shows[0], weekdays=[shows[0].trading_day.weekday()])
    free, paid_one = bought({shows[0]: "A1", shows[1]: "A1"})
    other_day = further(free.show, no_coupons=True)

    with pytest.raises(NotExchangeable, match="would end a discount"):
        exchange(paid_one, other_day, "A1", 0)


def test_no_discount_follows_another_ticket_to_a_show_that_takes_no_coupons(shows):
    coupon(shows[0].screen.theatre, code="DEAL")
    one, other = bought({shows[0]: "A1", shows[1]: "A1"})
    no_coupons = further(shows[0], no_coupons=True)
    choice = ExchangeChoice(no_coupons.pk, seat_ids(no_coupons, "A1"))
    paid(begin_upgrade(code=one.code, choice=choice, request=UpgradeRequest("UPI", "a key of a form", Decimal(25))))

    with pytest.raises(SeatsDearer, match="₹25 more"):
        exchange(other, no_coupons, "A2", 0)


def test_the_deal_goes_on_after_an_exchange_for_a_seat_of_the_same_price(shows, pair):
    free, paid_one = pair

    exchange(paid_one, shows[2], "A1", 0)
    exchange(free, paid_one.show, "A3", 0)
    assert (prices(free), prices(paid_one)) == ([0], [250])
    cancel_ticket(code=paid_one.code)

    assert (refunded(), prices(free)) == (0, [250])
    assert is_sound()


def test_the_free_seat_of_a_deal_becomes_the_cheapest_of_an_exchange(shows):
    two_for_one(shows[0])
    cheap = further(shows[0], price=150)
    [ticket] = bought({shows[0]: "A1 A2"})

    exchange(ticket, cheap, "A1 B1", 0)  # 150 and 250

    assert (prices(ticket), refunded()) == ([0, 250], 0)
    assert is_sound()


def test_a_free_seat_that_is_upgraded_with_the_paid_one_is_free_only_with_it(shows):
    two_for_one(shows[0])
    [ticket] = bought({shows[0]: "A1 A2"})
    choice = ExchangeChoice(shows[0].pk, seat_ids(shows[0], "A3 B1"))
    paid(begin_upgrade(code=ticket.code, choice=choice, request=UpgradeRequest("UPI", "a key of a form", Decimal(100))))
    assert prices(ticket) == [0, 350]
    assert is_sound()

    cancel(now(ticket), "B1", seen=100)

    assert prices(ticket) == [250]
    assert is_sound()
    cancel_ticket(code=ticket.code)
    assert refunded() == 350
    assert is_sound()


@pytest.fixture
def cheap(shows) -> Show:
    """Another show of the film for 90, row B 190; seats for 100 at most are taxed by 5 percent, others by 18."""
    tax_rule(shows[0].screen.theatre, 5, up_to=100, from_day=date(2025, 9, 22))
    return further(shows[0], price=90)


def stated(ticket: Ticket) -> list[tuple[str, Decimal, Decimal]]:
    """Kind, rate and amount of each line of the last credit note of the order, which has the taxes of the ledger."""
    issue_due_receipts()
    assert taxes_on_receipts(ticket.order) == taxes_in_ledger(ticket.order)
    lines = receipts_of(ticket.order)[-1].lines.all()
    return sorted((line.order_line.kind, line.tax_percent, line.amount) for line in lines)


def test_a_discount_lost_by_a_ticket_at_another_rate_is_credited_at_its_own(shows, cheap):
    two_for_one(shows[0])
    free, paid_one = bought({shows[0]: "A1", cheap: "A1"})

    cancel_ticket(code=paid_one.code)

    assert stated(free) == [("DISCOUNT", 5, 90), ("SEAT", 18, -250)]
    assert is_sound()
    cancel_ticket(code=free.code)
    assert stated(free) == [("SEAT", 5, -90)]
    assert is_sound()


def test_a_discount_lost_by_a_seat_of_the_same_ticket_is_credited_at_its_rate(shows, cheap):
    two_for_one(shows[0])
    [ticket] = bought({cheap: "A1 B1"})

    cancel(ticket, "B1", seen=100)

    assert stated(ticket) == [("DISCOUNT", 5, 90), ("SEAT", 18, -190)]
    cancel_ticket(code=ticket.code)
    assert stated(ticket) == [("SEAT", 5, -90)]
    assert is_sound()


@pytest.mark.nightly
def test_half_of_what_a_discount_leaves_is_credited_at_both_rates(shows, cheap):
    two_for_one(shows[0])
    free, paid_one = bought({shows[0]: "A1", cheap: "A1"})
    Ticket.objects.update(refund_percent=50)

    cancel_ticket(code=paid_one.code)

    assert stated(free) == [("DISCOUNT", 5, 90), ("SEAT", 18, -170)]
    cancel_ticket(code=free.code)
    assert stated(free) == [("SEAT", 5, -45)]
    assert is_sound()


def test_a_free_seat_that_costs_its_price_is_credited_at_the_rate_of_that(shows, cheap):
    two_for_one(shows[0])
    free, paid_one = bought({shows[0]: "A1", shows[1]: "A1"})  # the line of the free one is at 5 percent
    Ticket.objects.update(refund_percent=50)

    cancel_ticket(code=paid_one.code)
    cancel_ticket(code=free.code)

    assert stated(free) == [("SEAT", 18, -125)]
    assert is_sound()


def test_the_discount_line_of_an_order_stays_as_it_was(pair):
    before = list(OrderLine.objects.order_by("pk").values_list("kind", "amount"))

    cancel_ticket(code=pair[1].code)

    assert list(OrderLine.objects.order_by("pk").values_list("kind", "amount")) == before
    assert not Refund.objects.exists()
