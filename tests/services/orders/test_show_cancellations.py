"""Cancelling a show: services.orders.show_cancellations."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from cinema.exceptions import ChoiceTooShort, ShowAlreadyCancelled, ShowNotCancellable, ShowNotOnSale
from cinema.gateways.base import Result
from cinema.gateways.sandbox import SandboxGateway
from cinema.models import AuditEvent, Hold, Refund, SeatEvent, Show, ShowCancellation, ShowSeat, Ticket
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.selectors.orders.show_cancellations import preview, progress
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.exchanges import choose_show
from cinema.services.orders.orders import give_goodwill
from cinema.services.orders.show_cancellations import cancel_show, process_all_cancellations, process_cancellation
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import (
    MANAGER,
    ScreenFactory,
    ShowFactory,
    booked,
    held,
    report,
    seat,
    sold,
    staff,
    starting_in,
    waiting,
)
from tests.mails import forget_mails, outbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    """Asha and ben have bought, cleo is about to pay, dora holds seats and wanda waits."""
    show = ShowFactory(screen__plan="aaaaaaaa", screen__theatre__refund_percent=50)
    sold(show, "A1 A2", buyer="asha")
    sold(show, "A3", buyer="ben")
    booked(show, "A4", buyer="cleo")
    held(show, "A5 A6 A7 A8", buyer="dora")
    waiting(show)
    forget_mails()
    return show


@pytest.fixture
def manager(show):
    return staff(show.screen.theatre, MANAGER, name="Mana", email="mana@example.org")


def cancel(show, manager, remedy="REFUND", hours=5):
    until = timezone.now() + timedelta(hours=hours) if remedy == "EXCHANGE" else None
    off = cancel_show(show_id=show.pk, user=manager, reason="no light", remedy=remedy, choose_until=until)
    show.refresh_from_db()
    return off


def states(show):
    return sorted(Ticket.objects.filter(show=show).values_list("hold__buyer", "status"))


def returned():
    return sum(refund.amount for refund in Refund.objects.all())


def finished(off):
    off.refresh_from_db()
    return off.done_at is not None


def test_before_the_cancellation_its_effects_are_shown(show):
    show.refresh_from_db()

    assert preview(show) == (2, 3, Decimal(750), 2, 1, 1)


def test_no_seats_can_be_held_from_then_on(show, manager):
    cancel(show, manager)

    assert show.status == Show.Status.CANCELLED
    assert set(Hold.objects.filter(show=show).values_list("status", flat=True)) == {"BOOKED", "RELEASED"}
    assert not Hold.objects.filter(show=show, status="RELEASED", expires_at__gt=timezone.now()).exists()
    assert seat(show, "A5").status == ShowSeat.Status.AVAILABLE
    assert ("cleo", "EXPIRED") in states(show)
    assert show.waiting.get().status == "OVER"
    assert unexplained_seats(show) == []
    with pytest.raises(ShowNotOnSale):
        held(show, "A8", buyer="emil")


def test_the_cancellation_is_recorded_with_user_and_reason(show, manager):
    cancel(show, manager)

    note = AuditEvent.objects.get()
    assert (note.action, note.user, note.reason, note.show) == ("SHOW_CANCEL", manager, "no light", show)
    assert ShowCancellation.objects.get().user == manager


def test_every_buyer_is_refunded_in_full_and_mailed_the_reason(show, manager):
    off = cancel(show, manager)

    assert process_cancellation(cancellation=off) == 2

    assert returned() == 750
    assert states(show) == [("asha", "CANCELLED"), ("ben", "CANCELLED"), ("cleo", "EXPIRED")]
    assert [message.subject.split(":")[0] for message in outbox()] == ["Cancelled"] * 2
    assert "no light" in outbox()[0].body
    assert re.search("We’re refunding ₹500|We’ve refunded ₹500", outbox()[0].body)
    event = SeatEvent.objects.filter(show=show, action="CANCEL").first()
    assert (event.actor, event.user, event.reason) == ("STAFF", manager, "no light")
    assert unexplained_seats(show) == []
    show.refresh_from_db()
    assert show.revenue == 0
    assert finished(off)


def test_a_second_run_refunds_and_mails_nobody_twice(show, manager):
    off = cancel(show, manager)
    process_cancellation(cancellation=off)

    assert process_cancellation(cancellation=off) == 0
    assert returned() == 750
    assert len(outbox()) == 2


def test_it_goes_on_in_small_steps(show, manager):
    off = cancel(show, manager)

    assert process_cancellation(cancellation=off, limit=1) == 1
    assert not finished(off)
    assert progress(off)[:4] == (2, 1, 0, 1)
    assert process_cancellation(cancellation=off, limit=1) == 1
    assert finished(off)


class Crash(BaseException):
    """The machine stops: no handler of ours runs."""


@pytest.mark.parametrize(
    "where",
    [
        "cinema.services.orders.cancellations.transition_seats",
        "cinema.services.orders.cancellations.record_refund",
        "cinema.services.orders.cancellations.offer_freed_seats",
        "cinema.services.money.refunds.Refund.objects.create",
        "cinema.services.orders.cancellations.post",
    ],
)
def test_a_crash_anywhere_leaves_it_to_be_resumed_without_paying_twice(show, manager, monkeypatch, where):
    off = cancel(show, manager)

    def crash(*args, **said):
        raise Crash

    with monkeypatch.context() as broken:
        broken.setattr(where, crash)
        with pytest.raises(Crash):
            process_cancellation(cancellation=off)
    assert unexplained_seats(show) == []
    assert not finished(off)
    Ticket.objects.exclude(cancelled_at=None).update(cancelled_at=timezone.now() - timedelta(minutes=2))
    ShowCancellation.objects.update(created_at=timezone.now() - timedelta(minutes=3))
    process_all_cancellations()

    assert returned() == 750
    assert len(outbox()) == 2
    assert finished(off)
    assert unexplained_seats(show) == []


def test_buyers_are_mailed_even_if_the_provider_does_not_answer(show, manager, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(SandboxGateway, "refund", lambda *args, **said: 1 / 0)
        process_cancellation(cancellation=cancel(show, manager))

    assert set(Refund.objects.values_list("status", flat=True)) == {"PENDING"}
    assert len(outbox()) == 2


def test_a_buyer_refunded_before_is_not_refunded_again(show, manager):
    cancel_ticket(code=Ticket.objects.get(hold__buyer="ben").code)  # by its terms: half
    forget_mails()

    process_cancellation(cancellation=cancel(show, manager))

    assert returned() == 125 + 500
    assert len(outbox()) == 1
    assert unexplained_seats(show) == []


def test_a_late_payment_is_refunded(show, manager):
    payment = Ticket.objects.get(hold__buyer="cleo").order.payments.get()
    cancel(show, manager)

    settle_payment(report=report(payment, Result.PAID))

    assert Refund.objects.get().reason == "SHOW_CANCELLED"
    assert unexplained_seats(show) == []


# --- Offering another show -------------------------------------------------------------------------------


def test_buyers_are_offered_another_show_and_keep_their_tickets(show, manager):
    off = cancel(show, manager, "EXCHANGE")

    assert process_cancellation(cancellation=off) == 0

    assert returned() == 0
    assert [message.subject.split(":")[0] for message in outbox()] == ["Cancelled"] * 2
    code = Ticket.objects.get(hold__buyer="asha").code
    assert f"/tickets/{code}/exchange/" in outbox()[0].body
    assert not finished(off)


def test_buyers_who_have_not_chosen_in_time_are_refunded(show, manager):
    other = ShowFactory(movie=show.movie, screen=ScreenFactory(theatre=show.screen.theatre))
    off = cancel(show, manager, "EXCHANGE")
    process_cancellation(cancellation=off)
    choose_show(code=Ticket.objects.get(hold__buyer="asha").code, show_id=other.pk)
    ShowCancellation.objects.update(choose_until=timezone.now() - timedelta(seconds=1))
    forget_mails()

    process_all_cancellations()

    assert returned() == 250
    assert len(outbox()) == 1
    assert progress(off)[:4] == (2, 1, 1, 0)
    assert finished(off)
    for each in (show, other):
        assert unexplained_seats(each) == []


def test_their_money_is_owed_until_they_have_chosen_and_then_no_more(show, manager):
    other = ShowFactory(movie=show.movie, screen=ScreenFactory(theatre=show.screen.theatre), price=200)
    cancel_ticket(code=Ticket.objects.get(hold__buyer="ben").code)  # by its terms: half
    sold(show, "A3", buyer="fay")
    cancel(show, manager, "EXCHANGE")
    assert (show.revenue, show.owed) == (125, 750)
    assert unexplained_seats(show) == []

    choose_show(code=Ticket.objects.get(hold__buyer="asha").code, show_id=other.pk)
    show.refresh_from_db()
    other.refresh_from_db()
    assert (show.revenue, show.owed) == (125, 250)
    assert (other.revenue, other.owed) == (400, 0)

    cancel_ticket(code=Ticket.objects.get(hold__buyer="fay").code)
    show.refresh_from_db()
    assert (show.revenue, show.owed) == (125, 0)
    for each in (show, other):
        assert unexplained_seats(each) == []


def test_goodwill_for_a_cancelled_show_is_part_of_what_is_owed(show, manager):
    off = cancel(show, manager)
    requested = RequestedAction(manager, "sorry", AuditEvent.objects.latest("pk").pk, "key")
    give_goodwill(code=Ticket.objects.get(hold__buyer="asha").code, amount=Decimal(50), requested=requested)
    show.refresh_from_db()
    assert (show.revenue, show.owed) == (0, 700)
    assert unexplained_seats(show) == []

    process_cancellation(cancellation=off)
    show.refresh_from_db()
    assert (show.revenue, show.owed) == (0, 0)
    assert unexplained_seats(show) == []


def test_it_is_finished_early_when_every_buyer_has_chosen(show, manager):
    off = cancel(show, manager, "EXCHANGE")
    process_cancellation(cancellation=off)
    for ticket in Ticket.objects.filter(show=show, status="CONFIRMED"):
        cancel_ticket(code=ticket.code)

    process_cancellation(cancellation=off)

    assert finished(off)


def test_people_have_at_least_an_hour_to_choose(show, manager):
    with pytest.raises(ChoiceTooShort):
        cancel(show, manager, "EXCHANGE", hours=0.5)

    show.refresh_from_db()
    assert show.status == Show.Status.SCHEDULED


# --- What cannot be cancelled ---------------------------------------------------------------------------


def test_a_show_is_cancelled_once(show, manager):
    cancel(show, manager)

    with pytest.raises(ShowAlreadyCancelled, match="has already cancelled this show: no light"):
        cancel(show, manager)


def test_neither_a_draft_nor_a_show_that_is_over(show, manager):
    starting_in(show, timedelta(hours=-5))
    with pytest.raises(ShowNotCancellable, match="over"):
        cancel(show, manager)

    Show.objects.update(status=Show.Status.DRAFT)
    with pytest.raises(ShowNotCancellable, match="draft"):
        cancel(show, manager)


def test_a_show_with_a_ticket_cannot_be_deleted(show):
    with pytest.raises(ProtectedError):
        show.delete()
