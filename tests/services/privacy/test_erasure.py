"""Erasing a person: no table contains their data any more, and seats and amounts are unchanged."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cinema.exceptions import LastOwner, TicketsUnfinished
from cinema.models import (
    AuditEvent,
    EmailProof,
    GiftCard,
    Hold,
    Order,
    OrderWord,
    OutgoingMail,
    PrivateHire,
    Refund,
    Show,
    StaffRole,
    Ticket,
    User,
    WaitingEntry,
)
from cinema.selectors.figures.ledger import coupon_faults, ledger_faults
from cinema.selectors.privacy.personal_data import person_by_email, personal_data
from cinema.services.booking.booking_requests import Contact
from cinema.services.booking.reminders import stop_reminders
from cinema.services.films.alerts import ask_for_film_alert
from cinema.services.money.payments import start_payment
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.people.accounts import ask_to_change_email, ask_to_sign_up
from cinema.services.people.tokens import create_token
from cinema.services.privacy import erasure
from cinema.services.privacy.erasure import erase_person
from tests.factories import (
    MANAGER,
    PASSWORD,
    ScreenFactory,
    ShowFactory,
    UserFactory,
    booked,
    cancelled,
    coupon,
    gift_card,
    order_seats,
    owner,
    past,
    private_hire,
    report,
    seat_ids,
    sold,
    ticket_of,
    waiting,
)
from tests.personal import EMAIL, NAME, PHONE, places

pytestmark = pytest.mark.django_db

HERS = Contact(NAME, EMAIL, PHONE)


def bought(show: Show, names: str = "A1", *, contact: Contact = HERS, user: User | None = None) -> Ticket:
    payment = order_seats(
        show_id=show.pk,
        seat_ids=seat_ids(show, names),
        buyer=f"{contact.email} {names}",
        contact=contact,
        mode="UPI",
        key=f"key of {names} at {show.pk} for {contact.email}",
        user=user,
        client_ip="203.0.113.7",
    )
    start_payment(payment=payment)
    return ticket_of(settle_payment(report=report(payment)))


def erase(email: str = EMAIL, **how: object) -> dict[str, int]:
    return erase_person(person=person_by_email(email), by=None, **how)


@pytest.fixture
def asha() -> User:
    """A person with an account, a role, an API token, tickets in all states, and every other kind of data."""
    user = UserFactory(email=EMAIL, name=NAME, phone=PHONE)
    show, full, over = ShowFactory(), ShowFactory(screen__plan="aa"), ShowFactory()
    StaffRole.objects.create(user=user, theatre=show.screen.theatre, role=MANAGER)
    create_token(user=user, label="zqlabel")
    Client(REMOTE_ADDR="203.0.113.7").post(reverse("sign-in"), {"username": EMAIL, "password": "wrong"})
    ask_to_change_email(user=user, email="zqmail-new@person.example", client_ip="203.0.113.7")
    ask_to_sign_up(email=EMAIL, name=NAME, client_ip="203.0.113.7")
    coupon(show.screen.theatre)
    bought(show, "A1")
    bought(show, "A2", user=user)
    bought(over, "A1 A2", user=user)
    past(over)
    cancel_ticket(code=bought(show, "A3").code)
    sold(full, "A1 A2", buyer="ben")
    waiting(full, EMAIL)
    stop_reminders(email=EMAIL)
    ask_for_film_alert(movie=show.movie, email=EMAIL, client_ip="203.0.113.7")
    gift_card(show.screen.theatre, recipient_name=NAME, recipient_email=EMAIL, message=f"For {NAME}")
    return user


def bought_gift_card(**plan: object) -> GiftCard:
    """A gift card that she bought for somebody else."""
    card = gift_card(recipient_name="Ben", recipient_email="ben@example.org", message="From me", **plan)
    Order.objects.filter(lines__gift_cards=card).update(name=NAME, email=EMAIL, phone=PHONE)
    return card


def test_the_buyer_of_a_gift_card_is_erased_and_the_card_stays_good():
    card = bought_gift_card()

    erase()

    card.refresh_from_db()
    assert (card.recipient_email, card.message, card.balance) == ("", "", 500)
    assert not list(places())


def test_a_gift_card_that_is_still_to_be_mailed_keeps_its_recipient():
    card = bought_gift_card(deliver_on=timezone.now().date() + timedelta(days=3))

    erase()

    card.refresh_from_db()
    assert (card.recipient_email, card.delivered_at) == ("ben@example.org", None)
    assert not list(places())


def test_the_recipient_of_a_gift_card_is_erased_and_its_buyer_stays():
    card = gift_card(recipient_name=NAME, recipient_email=EMAIL, message=f"For {NAME}")

    assert erase()["gift_cards"] == 1

    assert not list(places())
    assert card.order_line.order.email == "asha@example.org"


def test_who_hired_a_screen_is_erased_and_the_screen_stays_taken():
    hire = private_hire(ScreenFactory(), contact=NAME, email=EMAIL, phone=PHONE, occasion=f"For {NAME}", note=NAME)
    [shown] = list(personal_data(person_by_email(EMAIL))["private_hires"])
    assert (shown["name"], shown["starts_at"]) == (NAME, hire.starts_at)

    assert erase()["hires"] == 1

    assert not list(places())
    erased = PrivateHire.objects.get()
    assert (erased.starts_at, erased.version) == (hire.starts_at, hire.version + 1)  # an open form is refused


def test_nothing_of_a_person_is_left_in_any_table(asha):
    assert len({place.split(":")[0] for place in places()}) >= 10

    erase(insist=True)

    assert list(places()) == []


def test_of_a_company_only_what_the_tax_office_asks_for_is_left(asha):
    Order.objects.filter(email=EMAIL).update(company="Zqname & Co", company_tax_number="zqlabel 27")
    issue_due_receipts()

    erase(insist=True)

    assert {place.split(":")[0] for place in places()} == {"Receipt.company", "Receipt.company_tax_number"}


def test_somebody_without_an_account_is_erased_alike():
    bought(ShowFactory())

    erase(insist=True)

    assert list(places()) == []


def test_seats_and_money_stay_as_they_were(asha):
    def books() -> list:
        return [
            list(Ticket.objects.order_by("pk").values_list("pk", "reference", "status", "amount", "seats__price")),
            list(Refund.objects.order_by("pk").values_list()),
            list(Show.objects.order_by("pk").values_list("admissions", "revenue", "revision")),
        ]

    before = books()

    erase(insist=True)

    assert books() == before
    assert list(ledger_faults()) == []


def test_a_ticket_for_a_coming_show_keeps_a_person_from_being_erased(asha):
    with pytest.raises(TicketsUnfinished) as refusal:
        erase()

    coming = Ticket.objects.filter(status="CONFIRMED", show__ends_at__gt=timezone.now(), order__email=EMAIL)
    assert coming and set(coming) <= set(refusal.value.tickets)
    assert all(ticket.reference in str(refusal.value) for ticket in coming)
    assert User.objects.get(pk=asha.pk).is_active
    assert not AuditEvent.objects.filter(action="ERASE").exists()


def being_paid() -> Ticket:
    ticket = ticket_of(booked(ShowFactory(), "A1"))
    Order.objects.filter(tickets=ticket).update(email=EMAIL)
    return ticket


def being_refunded() -> Ticket:
    ticket = bought(ShowFactory())
    cancel_ticket(code=ticket.code)
    past(ticket.show)
    return ticket


def of_a_cancelled_show() -> Ticket:
    ticket = bought(ShowFactory())
    past(cancelled(ticket.show))
    Show.objects.update(ends_at=timezone.now() - timedelta(hours=1))
    return ticket


@pytest.mark.parametrize("unfinished", [being_paid, being_refunded, of_a_cancelled_show])
def test_so_does_money_on_its_way(unfinished: Callable[[], Ticket]):
    ticket = unfinished()

    with pytest.raises(TicketsUnfinished) as refusal:
        erase()

    assert refusal.value.tickets == [ticket]


def over() -> None:
    past(bought(ShowFactory()).show)
    Show.objects.update(ends_at=timezone.now() - timedelta(minutes=1))


def refunded() -> None:
    being_refunded()
    Refund.objects.update(status=Refund.Status.DONE)


def of_somebody_else() -> None:
    bought(ShowFactory(), contact=Contact("Ben", "ben@example.org", ""))


@pytest.mark.parametrize("finished", [over, refunded, of_somebody_else])
def test_what_is_over_refunded_or_somebody_elses_does_not(finished: Callable[[], None]):
    finished()

    erase()

    assert list(places()) == []


def test_what_the_account_booked_for_somebody_else_is_theirs_from_now_on(asha):
    bens = bought(ShowFactory(), contact=Contact("Ben", "ben@example.org", "022 123456"), user=asha)

    erase(insist=True)

    bens.refresh_from_db()
    assert (bens.order.user, bens.order.name, bens.order.email) == (None, "Ben", "ben@example.org")
    assert OrderWord.objects.filter(order__tickets=bens).exists()


def test_an_erased_person_leaves_the_list_and_the_next_entry_gets_the_offer():
    show = ShowFactory(screen__plan="aa")
    other = sold(show, "A1 A2", buyer="ben")
    entry, following = waiting(show, EMAIL), waiting(show, "wanda@example.org")
    cancel_ticket(code=other.code)
    entry.refresh_from_db()
    assert entry.status == WaitingEntry.Status.OFFERED

    erase()

    entry.refresh_from_db()
    following.refresh_from_db()
    assert (entry.status, entry.email, entry.origin) == (WaitingEntry.Status.LEFT, "", "")
    assert following.status == WaitingEntry.Status.OFFERED


def test_sessions_and_tokens_of_the_account_are_worth_nothing_any_more(asha, client):
    client.force_login(asha)
    _, secret = create_token(user=asha, label="Kiosk")

    erase(insist=True)

    assert client.get(reverse("account")).status_code == 302
    answer = client.post(
        reverse("api-book"), {}, content_type="application/json", headers={"Authorization": f"Bearer {secret}"}
    )
    assert answer.status_code == 401


def test_no_more_mails_are_sent(asha):
    show = Ticket.objects.filter(order__email=EMAIL, status="CONFIRMED").first().show
    erase(insist=True)
    assert not OutgoingMail.objects.filter(recipient__contains="person.example").exists()

    for ticket in Ticket.objects.filter(show=show, status="CONFIRMED"):
        cancel_ticket(code=ticket.code)

    assert not OutgoingMail.objects.filter(recipient="").exists()


def test_erasing_again_changes_nothing(asha):
    first = erase(insist=True)
    events = AuditEvent.objects.count()

    again = erase(insist=True)

    assert first["orders"] == 4 and first["waiting"] == 1
    assert set(again.values()) == {0}
    assert AuditEvent.objects.count() == events + 1


def test_what_was_interrupted_is_finished_by_erasing_again(asha, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(erasure, "_unlink_orders", lambda **said: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase(insist=True)

    erase(insist=True)

    assert list(places()) == []
    assert not User.objects.exists()


def test_many_tickets_are_erased_in_batches(monkeypatch):
    monkeypatch.setattr(erasure, "AT_ONCE", 2)
    show = ShowFactory()
    for name in ("A1", "A2", "A3", "A4", "A5"):
        bought(show, name)

    assert erase(insist=True)["orders"] == 5
    assert list(places()) == []


def test_it_stands_in_the_audit_trail_by_key(asha):
    boss = owner()

    erase_person(person=person_by_email(EMAIL), by=boss, insist=True)

    event = AuditEvent.objects.get(action="ERASE")
    assert (event.user, event.person_id, event.subject) == (boss, asha.pk, f"account {asha.pk}")


def test_the_only_owner_is_not_erased():
    boss = owner(email=EMAIL)
    with pytest.raises(LastOwner):
        erase(insist=True)

    owner()
    erase(insist=True)

    assert not User.objects.filter(pk=boss.pk).exists()


def test_the_browser_and_where_it_was_are_forgotten_with_the_ticket():
    ticket = bought(ShowFactory())

    erase(insist=True)

    hold = Hold.objects.get(pk=ticket.hold_id)
    assert (hold.buyer, hold.origin, hold.program) == (Hold.ERASED, "", "")


def test_what_was_asked_for_by_links_is_forgotten(asha):
    erase(insist=True)

    assert not EmailProof.objects.exists()


def test_a_new_account_can_be_created_with_the_email(asha):
    erase(insist=True)

    assert UserFactory(email=EMAIL, password=PASSWORD).pk != asha.pk


def test_an_erased_order_still_counts_as_a_use_of_its_coupon():
    show = ShowFactory()
    made = coupon(show.screen.theatre)
    ticket = bought(show)

    erase(insist=True)

    ticket.order.refresh_from_db()
    made.refresh_from_db()
    assert (ticket.order.coupon_email, made.used) == (Order.ERASED, 1)
    assert list(coupon_faults()) == []
