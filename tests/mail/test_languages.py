"""Mails are in the language of the buyer, whoever causes them."""

import re
from decimal import Decimal

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.translation import override

from cinema.models import Appearance, GiftCard, OutgoingMail, Show, Ticket, WaitingEntry
from cinema.services.money.receipt_mails import resend_receipt
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.orders import give_goodwill
from cinema.services.orders.show_cancellations import process_all_cancellations
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import (
    MANAGER,
    ShowFactory,
    gift_order,
    owner,
    receipt_of,
    report,
    sold,
    sold_at_till,
    staff,
    till_session,
    waiting,
)
from tests.mail.situations import a_reminder, a_sign_up
from tests.mails import forget_mails, outbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    return ShowFactory(screen__plan="aaaa")


def sold_in(language: str, show: Show, names: str) -> Ticket:
    with override(language):
        return sold(show, names, buyer=language)


def html(mail: EmailMultiAlternatives) -> str:
    return str(mail.alternatives[0][0])


def language_of(mail: EmailMultiAlternatives) -> tuple[str, set[str]]:
    """The language of a mail, and the prefixes of the pages of tickets and theatres that it leads to."""
    found = re.search(r'<html lang="([\w-]+)"', html(mail))
    links = re.findall(r"http://testserver(/\w\w)?/(?:tickets|theatres|waiting)/", f"{mail.body}{html(mail)}")
    assert found
    assert links
    return found[1], set(links)


def test_a_show_cancelled_in_german_is_told_in_arabic_and_in_english(client, show):
    sold_in("ar", show, "A1")
    sold_in("en", show, "A2")
    theatre = show.screen.theatre
    client.force_login(staff(theatre, MANAGER))
    forget_mails()

    page = reverse("staff-shows-cancel", args=[theatre.slug, show.pk])
    german = {"accept": "text/html", "accept-language": "de"}
    assert 'lang="de"' in client.get(page, headers=german).content.decode()
    client.post(page, {"reason": "Die Heizung ist aus.", "remedy": "REFUND"}, headers=german)
    with override("de"):
        process_all_cancellations()

    arabic, english = outbox()
    assert (language_of(arabic), language_of(english)) == (("ar", {"/ar"}), ("en", {""}))
    assert '<body dir="rtl"' in html(arabic)


def test_whatever_staff_do_is_mailed_in_the_language_of_the_buyer(show):
    ticket, boss = sold_in("ar", show, "A1 A2"), owner()
    with override("de"):
        give_goodwill(code=ticket.code, amount=Decimal(10), requested=RequestedAction(boss, "kalt", 0, "a key"))
        resend_receipt(receipt=receipt_of(ticket), user=boss)

    outgoing = OutgoingMail.objects.values_list("kind", "language")
    assert set(outgoing) == {("TICKET", "ar"), ("REFUND_PART", "ar"), ("RECEIPT", "ar")}
    assert [language_of(mail)[0] for mail in outbox()] == 3 * ["ar"]


def test_freed_seats_are_offered_in_the_language_in_which_somebody_joined(show):
    ticket = sold_in("en", show, "A1 A2 A3 A4")
    with override("ar"):
        waiting(show)
    forget_mails()

    with override("de"):
        cancel_ticket(code=ticket.code, user=owner())

    entry = WaitingEntry.objects.get()
    [offer] = [mail for mail in outbox() if entry.email in mail.to]
    assert language_of(offer) == ("ar", {"/ar"})


@pytest.mark.usefixtures("appearances_are_read")
def test_numbers_and_urls_in_a_mail_from_right_to_left_stay_in_order_and_whole():
    a_reminder()
    Appearance.objects.create(phone="+91 22 5550 1234")
    OutgoingMail.objects.update(language="ar")

    [mail] = outbox()

    assert '<bdi dir="ltr">+91 22 5550 1234</bdi>' in html(mail)
    assert "<bdi>1 Marine Drive, Mumbai</bdi>" in html(mail)
    [stop] = re.findall(r"http\S+/reminders/\S+", str(mail.body))
    assert stop.endswith("/")  # not with the mark after what is filled in
    assert f'href="{stop}"' in html(mail)
    assert f">{stop}" not in html(mail)  # too wide for a phone


def test_a_mail_about_no_theatre_leads_to_the_programme_in_its_language(client):
    client.post("/ar/account/sign-up/", {"email": "amina@example.org", "name": "أمينة"})

    [mail] = outbox()
    assert 'href="http://testserver/ar/"' in html(mail)
    assert "http://testserver/ar/account/sign-up/" in mail.body


@pytest.mark.usefixtures("appearances_are_read")
def test_a_mail_about_an_account_names_the_cinema():
    Appearance.objects.create(name="Rex")
    a_sign_up()

    [mail] = outbox()

    assert mail.subject == "Finish signing up at Rex"
    assert "is creating an account at Rex with this address." in mail.body


def test_a_gift_card_is_mailed_in_the_language_of_whoever_gives_it():
    with override("fr"):
        payment = gift_order(recipient_name="Ben", recipient_email="ben@example.org")
    with override("de"):
        settle_payment(report=report(payment))

    assert set(GiftCard.objects.values_list("mails__language", flat=True)) == {"fr"}


def test_what_is_sold_at_the_counter_is_in_the_sites_own_language(show):
    with override("de"):
        ticket = sold_at_till(till_session(show.screen.theatre), show, "A1")

    assert ticket.order.language == "en"
