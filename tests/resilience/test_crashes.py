"""A worker dies at each step of a booking; the next one brings everything to a final state."""

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet

from cinema.models import Hold, OutgoingMail, Payment, Refund, Show, ShowSeat, Ticket
from tests.benchmarks.clients import CONTACT, Browser, Page
from tests.factories import ShowFactory, booked, lapsed, seat, seat_ids, sold
from tests.resilience.crashes import CANCELLATION, CHECKOUT, HOLD, MAIL, PAYMENT, REFUND
from tests.resilience.money import take_money, tell, unfinished
from tests.resilience.site import Site, dying, dying_in_its_sweep, eventually

pytestmark = pytest.mark.site

Status = ShowSeat.Status


@pytest.fixture
def show(site: Site) -> Show:
    return ShowFactory(screen__plan="aaaa")


def each_of(steps: Iterable[str], always: str) -> list[ParameterSet]:
    """Every step, of which one is taken in every run, and the others by night."""
    return [pytest.param(step, marks=[] if step == always else pytest.mark.nightly) for step in steps]


def becomes_final(show: Show, step: str) -> None:
    print(f"\n{step}: final after {eventually(lambda: unfinished(show)):.1f} s")


def hold(buyer: Browser, show: Show) -> Page:
    address = f"/shows/{show.pk}/"
    return buyer.post(f"{address}hold/", buyer.get(address), {"seats": seat_ids(show, "A1 A2")})


@pytest.mark.nightly
@pytest.mark.parametrize("step", each_of(HOLD, "hold: before the commit"))
def test_seats_held_as_the_server_died_come_free_and_can_be_had(site, server, show, step):
    with dying(site, step):
        hold(Browser(server.port), show)

    kept = Hold.objects.filter(show=show)
    assert kept.exists() == (step == "hold: between commit and answer")
    for one in kept:
        lapsed(one)
    becomes_final(show, step)
    assert seat(show, "A1").status == Status.AVAILABLE
    assert hold(Browser(server.port), show).kind == "holds"


@pytest.mark.parametrize("step", each_of(CHECKOUT, "checkout: between commit and answer"))
def test_a_checkout_that_was_not_answered_is_repeated_and_pays_once(site, server, show, step):
    buyer = Browser(server.port)
    page = hold(buyer, show)
    form = CONTACT | page.fields("total", "key")
    with dying(site, step):
        buyer.post(page.path, page, form)
    before = list(Payment.objects.filter(order__tickets__show=show))

    assert buyer.post(page.path, page, form).kind == "sandbox"
    payment = Payment.objects.get(order__tickets__show=show)
    assert before == ([payment] if "between commit" in step else [])
    assert tell(server, take_money(payment)) == 200
    becomes_final(show, step)
    assert Ticket.objects.get(show=show).status == Ticket.Status.CONFIRMED


def mails_with(site: Site, ticket: Ticket) -> int:
    """How often the ticket was mailed."""
    return sum(path.read_text().count(f'filename="ticket-{ticket.reference}.ics"') for path in site.mails.iterdir())


@pytest.mark.nightly
@pytest.mark.parametrize("step", each_of(PAYMENT, "payment: between capture and record"))
def test_money_that_was_taken_becomes_a_ticket_in_the_mail(site, server, show, step):
    charge = take_money(booked(show, "A1 A2"))
    with dying(site, step):
        tell(server, charge)

    becomes_final(show, step)
    ticket = Ticket.objects.get(show=show)
    assert ticket.status == Ticket.Status.CONFIRMED
    assert tell(server, charge) == 200
    assert mails_with(site, ticket) == 1


@pytest.mark.nightly
@pytest.mark.parametrize("step", each_of(MAIL, "mail: between it and our note"))
def test_a_mail_on_its_way_as_the_server_died_comes_twice_rather_than_never(site, server, show, step):
    charge = take_money(booked(show, "A1 A2"))
    eventually(OutgoingMail.objects.waiting)  # until those of other tests are sent
    with dying_in_its_sweep(site, step):
        tell(server, charge)

    becomes_final(show, step)
    assert mails_with(site, Ticket.objects.get(show=show)) == (2 if step == "mail: between it and our note" else 1)


@pytest.mark.nightly
@pytest.mark.parametrize("step", each_of(CANCELLATION | REFUND, "refund: between the gateway and our mark"))
def test_a_cancelled_ticket_is_refunded_once(site, server, show, step):
    ticket = sold(show, "A1 A2")
    charge, buyer = take_money(ticket.order.payments.get()), Browser(server.port)
    address, form = f"{ticket.get_absolute_url()}cancellation/", {"email": ticket.order.email}
    page = buyer.get(address)
    with (dying_in_its_sweep if step in REFUND else dying)(site, step):
        buyer.post(address, page, form)

    assert Refund.objects.filter(payment__order__tickets=ticket).exists() == (step != "refund: before the commit")
    if step not in REFUND:  # where it was answered
        assert buyer.post(address, page, form).status == 200
    becomes_final(show, step)
    charge.refresh_from_db()
    refund = Refund.objects.get(payment__order__tickets=ticket)
    assert charge.refunds == {refund.code: str(ticket.amount)}
    assert seat(show, "A1").status == Status.AVAILABLE
