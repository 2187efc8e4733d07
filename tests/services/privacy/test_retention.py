"""Retention of personal data: a day before its end all is there, a day after it is gone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from cinema.jobs.jobs import ERASURE, run_jobs
from cinema.mail.sending import forget_mails
from cinema.models import (
    AuditEvent,
    GiftCard,
    Hold,
    JobLease,
    Order,
    OrderWord,
    OutgoingMail,
    PrivateHire,
    Refund,
    Show,
    ShowNote,
    StaffRole,
    Ticket,
    User,
    WaitingEntry,
)
from cinema.selectors.figures.ledger import ledger_faults
from cinema.services.booking.waiting import close_waiting_lists
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.people.tokens import create_token
from cinema.services.privacy import retention
from cinema.services.privacy.retention import WARNING, erase_what_is_due
from tests.factories import (
    BOX_OFFICE,
    ScreenFactory,
    ShowFactory,
    TheatreFactory,
    UserFactory,
    booked,
    gift_card,
    held,
    owner,
    private_hire,
    sold,
    waiting,
)
from tests.jobs.test_jobs import clock_seen
from tests.mails import outbox
from tests.personal import EMAIL, NAME, PHONE, places

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def ended(show: Show, ago: timedelta) -> Show:
    """Let the show, and everything before it, have ended so long ago."""
    end = timezone.now() - ago
    Show.objects.filter(pk=show.pk).update(ends_at=end, starts_at=end - timedelta(hours=3), sales_end_at=end)
    return show


def attended(ago: timedelta) -> Ticket:
    """A ticket of a show that ended so long ago."""
    ticket = sold(ShowFactory(), "A1 A2")
    ended(ticket.show, ago)
    return ticket


# --- Gift cards --------------------------------------------------------------------------------


def mailed(ago: timedelta, **plan: object) -> GiftCard:
    """A gift card that was mailed so long ago."""
    card = gift_card(recipient_name="Zqname", recipient_email=EMAIL, message=f"For {NAME}", **plan)
    Order.objects.filter(lines__gift_cards=card).update(name=NAME, email=EMAIL, phone=PHONE)
    OutgoingMail.objects.update(due_at=None, sent_at=timezone.now())
    GiftCard.objects.filter(pk=card.pk).update(deliver_at=timezone.now() - ago)
    return card


def test_buyer_and_recipient_of_a_gift_card_are_erased_in_time():
    card = mailed(timedelta(days=settings.KEEP_CONTACTS_DAYS) - DAY)
    erase_what_is_due()
    card.refresh_from_db()
    assert card.recipient_email == EMAIL and card.order_line.order.email == EMAIL

    GiftCard.objects.update(deliver_at=F("deliver_at") - 2 * DAY)
    erase_what_is_due()

    assert not list(places())
    card.refresh_from_db()
    assert card.balance == 500 and card.contacts_erased_at


def test_a_gift_card_with_a_pending_refund_keeps_its_buyer():
    card = mailed(timedelta(days=settings.KEEP_CONTACTS_DAYS) + DAY)
    payment = card.order_line.order.payments.get()
    Refund.objects.create(payment=payment, amount=1, reason="PAID_TWICE", created_at=timezone.now())

    erase_what_is_due()

    assert Order.objects.get().email == EMAIL


def test_who_hired_a_screen_is_erased_a_year_after():
    screen = ScreenFactory()
    kept, gone = (private_hire(screen, contact=NAME, email=EMAIL, after=n * DAY) for n in (0, 1))
    for hire, ago in ((kept, 364 * DAY), (gone, 366 * DAY)):
        end = timezone.now() - ago
        PrivateHire.objects.filter(pk=hire.pk).update(starts_at=end - DAY / 8, ends_at=end)

    erase_what_is_due()

    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.contact, kept.email, kept.occasion) == (NAME, EMAIL, "Birthday")
    assert (gone.contact, gone.email, gone.occasion) == (PrivateHire.ERASED, "", PrivateHire.ERASED)


# --- Buyers ------------------------------------------------------------------------------------


def test_a_buyers_name_and_addresses_are_erased_a_year_after_the_show():
    kept, gone = attended(364 * DAY), attended(366 * DAY)

    erase_what_is_due()

    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.order.name, kept.order.email, kept.order.phone) == ("Asha Rao", "asha@example.org", "+91 98200 12345")
    assert (gone.order.name, gone.order.email, gone.order.phone) == (Order.ERASED, "", "")


def test_notes_on_a_show_go_with_its_buyers():
    kept, gone = attended(364 * DAY), attended(366 * DAY)
    for ticket in (kept, gone):
        ShowNote.objects.create(show=ticket.show, text="Asha Rao brings a wheelchair", key="note")

    erase_what_is_due()

    assert ShowNote.objects.get().show == kept.show


def test_the_words_and_mails_of_such_a_ticket_go_with_it():
    kept = attended(364 * DAY)
    attended(366 * DAY)

    erase_what_is_due()

    assert set(OutgoingMail.objects.values_list("ticket", flat=True)) == {kept.pk}
    assert set(OrderWord.objects.values_list("order", flat=True)) == {kept.order_id}


def test_an_order_with_tickets_of_two_shows_is_erased_with_the_later_one():
    early, late = attended(366 * DAY), attended(364 * DAY)
    Ticket.objects.filter(pk=late.pk).update(order=early.order_id)

    erase_what_is_due()
    assert Order.objects.get(pk=early.order_id).email == "asha@example.org"
    ended(late.show, 366 * DAY)
    erase_what_is_due()

    assert Order.objects.get(pk=early.order_id).email == ""


def test_how_long_is_a_setting(settings):
    settings.KEEP_CONTACTS_DAYS = 10
    kept, gone = attended(9 * DAY), attended(11 * DAY)

    erase_what_is_due()

    assert [Ticket.objects.get(pk=ticket.pk).order.email for ticket in (kept, gone)] == ["asha@example.org", ""]


def test_tickets_of_all_states_are_erased():
    show = ShowFactory()
    cancel_ticket(code=sold(show, "A1", buyer="ben").code)
    booked(show, "A2", buyer="cleo")
    sold(show, "A3")
    Refund.objects.update(status=Refund.Status.DONE)
    ended(show, 366 * DAY)

    erase_what_is_due()

    assert set(Order.objects.values_list("email", flat=True)) == {""}


def test_not_while_a_refund_to_one_of_them_is_pending():
    ticket = attended(366 * DAY)
    Show.objects.update(ends_at=timezone.now() + DAY, starts_at=timezone.now() + DAY / 2)
    cancel_ticket(code=ticket.code)
    ended(ticket.show, 366 * DAY)
    erase_what_is_due()
    ticket.refresh_from_db()
    assert ticket.order.email

    Refund.objects.update(status=Refund.Status.DONE)
    erase_what_is_due()

    ticket.refresh_from_db()
    assert not ticket.order.email


def test_a_show_is_checked_once():
    attended(366 * DAY)

    assert retention.erase_old_contacts() == 1
    assert retention.erase_old_contacts() == 0


def test_seats_and_money_stay_explained():
    attended(366 * DAY)
    was = list(Ticket.objects.values_list("amount", "status", "reference", "seats__price"))

    erase_what_is_due()

    assert list(Ticket.objects.values_list("amount", "status", "reference", "seats__price")) == was
    assert list(ledger_faults()) == []


# --- Waiting lists -----------------------------------------------------------------------------


def waited(ago: timedelta) -> WaitingEntry:
    show = ShowFactory(screen__plan="aa")
    sold(show, "A1 A2")
    entry = waiting(show, client_ip="203.0.113.7")
    ended(show, ago)
    return entry


def test_waiting_list_emails_are_erased_a_month_after_the_show():
    kept, gone = waited(29 * DAY), waited(31 * DAY)
    close_waiting_lists()

    erase_what_is_due()

    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (bool(kept.email), bool(kept.origin)) == (True, True)
    assert (gone.email, gone.origin, gone.status) == ("", "", WaitingEntry.Status.OVER)


# --- Fingerprints ------------------------------------------------------------------------------


def made(hold: Hold, ago: timedelta) -> Hold:
    Hold.objects.filter(pk=hold.pk).update(created_at=timezone.now() - ago, origin="5f" * 16, program="6e" * 16)
    return hold


def test_which_browser_held_seats_from_where_is_forgotten_after_a_month():
    show = ShowFactory()
    kept, gone = (made(sold(show, name, buyer=name).hold, ago) for name, ago in (("A1", 29 * DAY), ("A2", 31 * DAY)))

    erase_what_is_due()

    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.buyer, bool(kept.origin), bool(kept.program)) == ("A1", True, True)
    assert (gone.buyer, gone.origin, gone.program) == (Hold.ERASED, "", "")


def test_a_hold_that_still_counts_keeps_its_buyer():
    hold = made(held(ShowFactory(), "A1"), 31 * DAY)

    erase_what_is_due()

    hold.refresh_from_db()
    assert hold.buyer == "asha"


def test_where_somebody_waits_from_is_forgotten_though_the_show_is_far_off():
    show = ShowFactory(screen__plan="aa")
    sold(show, "A1 A2")
    kept, gone = (waiting(show, f"{n}@example.org", client_ip="203.0.113.7") for n in "ab")
    for entry, ago in ((kept, 29 * DAY), (gone, 31 * DAY)):
        WaitingEntry.objects.filter(pk=entry.pk).update(created_at=timezone.now() - ago)

    erase_what_is_due()

    assert [bool(WaitingEntry.objects.get(pk=entry.pk).origin) for entry in (kept, gone)] == [True, False]
    assert set(WaitingEntry.objects.values_list("status", flat=True)) == {WaitingEntry.Status.WAITING}


def test_a_browser_without_a_cookie_is_not_an_erased_buyer(client):
    ticket = sold(ShowFactory(), "A1")
    Hold.objects.update(buyer=Hold.ERASED)

    assert client.get(reverse("hold", args=[ticket.hold.code])).status_code == 404


def test_sign_ins_that_failed_are_forgotten_after_a_week():
    for number, ago in enumerate((6 * DAY, 8 * DAY)):
        attempt = AccessAttempt.objects.create(username=f"{number}", failures_since_start=1)
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=timezone.now() - ago)

    erase_what_is_due()

    assert AccessAttempt.objects.get().username == "0"


# --- Mails -------------------------------------------------------------------------------------


def test_sent_mails_are_deleted_after_a_month():
    for ago in (29 * DAY, 31 * DAY):
        sold(ShowFactory(), "A1")
        outbox()
        OutgoingMail.objects.filter(created_at__gt=timezone.now() - DAY).update(created_at=timezone.now() - ago)

    assert forget_mails() == 1
    assert OutgoingMail.objects.get().created_at > timezone.now() - 30 * DAY


# --- Accounts ----------------------------------------------------------------------------------

UNUSED = timedelta(days=settings.KEEP_ACCOUNTS_DAYS)


def unused(ago: timedelta, **fields: object) -> User:
    """An account without a sign-in for so long."""
    return UserFactory(last_login=timezone.now() - ago, date_joined=timezone.now() - 2 * ago, **fields)


def told(user: User, ago: timedelta) -> User:
    User.objects.filter(pk=user.pk).update(warned_at=timezone.now() - ago)
    return user


def test_the_owner_of_an_unused_account_is_warned_once_a_month_before():
    unused(UNUSED - WARNING - DAY)
    due = unused(UNUSED - WARNING + DAY, email="asha@example.org")

    erase_what_is_due()
    erase_what_is_due()

    [message] = outbox()
    assert message.to == [due.email]
    assert "delete it in a month" in message.body


def test_a_month_later_it_is_deleted():
    kept, gone = told(unused(UNUSED + WARNING), WARNING - DAY), told(unused(UNUSED + WARNING), WARNING + DAY)

    erase_what_is_due()

    assert list(User.objects.all()) == [kept]
    assert AuditEvent.objects.get(action="ERASE").person_id == gone.pk


def test_no_account_is_deleted_without_a_warning():
    user = unused(3 * UNUSED)

    erase_what_is_due()

    assert User.objects.get(pk=user.pk).warned_at


def signed_in_again() -> User:
    return told(unused(DAY), WARNING + DAY)


def told_about_an_earlier_pause() -> User:
    return told(unused(UNUSED + DAY), UNUSED + WARNING + DAY)


def works_here() -> User:
    user = told(unused(3 * UNUSED), 2 * WARNING)
    StaffRole.objects.create(user=user, theatre=TheatreFactory(), role=BOX_OFFICE)
    return user


def looks_after_the_site() -> User:
    user = told(owner(), 2 * WARNING)
    User.objects.filter(pk=user.pk).update(last_login=timezone.now() - 3 * UNUSED)
    return user


def whose_program_books() -> User:
    user = told(unused(3 * UNUSED), 2 * WARNING)
    token, _ = create_token(user=user, label="Kiosk")
    type(token).objects.filter(pk=token.pk).update(last_used_at=timezone.now() - DAY)
    return user


@pytest.mark.parametrize(
    "user",
    [signed_in_again, told_about_an_earlier_pause, works_here, looks_after_the_site, whose_program_books],
)
def test_an_account_in_use_is_kept(user: Callable[[], User]):
    kept = user()

    erase_what_is_due()

    assert User.objects.filter(pk=kept.pk).exists()


def test_an_account_that_was_never_used_counts_from_the_day_it_was_made():
    user = told(UserFactory(date_joined=timezone.now() - UNUSED - WARNING), WARNING + DAY)

    erase_what_is_due()

    assert not User.objects.filter(pk=user.pk).exists()


def test_what_was_booked_with_its_address_lately_is_no_ones_and_stays():
    user = told(unused(UNUSED + WARNING, email="asha@example.org"), WARNING + DAY)
    mine = sold(ShowFactory(), "A1")
    Order.objects.update(user=user)

    erase_what_is_due()

    mine.refresh_from_db()
    assert (mine.order.user, mine.order.email) == (None, "asha@example.org")


# --- All of it ---------------------------------------------------------------------------------


def test_in_the_end_no_data_of_an_inactive_person_is_left():
    user = told(unused(UNUSED + WARNING, email=EMAIL, name=NAME, phone=PHONE), WARNING + DAY)
    ticket, entry = attended(366 * DAY), waited(366 * DAY)
    Order.objects.filter(tickets=ticket).update(name=NAME, email=EMAIL, phone=PHONE, user=user)
    WaitingEntry.objects.filter(pk=entry.pk).update(email=EMAIL)
    OutgoingMail.objects.update(recipient=EMAIL)
    outbox()
    close_waiting_lists()
    assert {place.split(":")[0] for place in places()} >= {"User.email", "Order.phone", "WaitingEntry.email"}

    erase_what_is_due()
    OutgoingMail.objects.update(created_at=F("created_at") - 31 * DAY)
    forget_mails()

    assert list(places()) == []


def test_many_are_erased_in_batches(monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for name in ("A1", "A2", "A3", "A4", "A5"):
        made(sold(ShowFactory(), name, buyer=name).hold, 31 * DAY)

    assert erase_what_is_due() == 5


def test_no_longer_than_it_is_patient(monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    monkeypatch.setattr(retention, "PATIENCE", -1)
    for name in ("A1", "A2", "A3", "A4", "A5"):
        made(sold(ShowFactory(), name, buyer=name).hold, 31 * DAY)
    attended(366 * DAY)

    assert erase_what_is_due() == 2


def test_the_housekeeping_does_it_once_the_clock_is_known_to_go_right():
    ticket = attended(366 * DAY)
    run_jobs()
    ticket.refresh_from_db()
    assert ticket.order.email

    clock_seen(timedelta(seconds=10))
    JobLease.objects.filter(name=ERASURE).update(due_at=timezone.now() - DAY)
    run_jobs()

    ticket.refresh_from_db()
    assert not ticket.order.email
