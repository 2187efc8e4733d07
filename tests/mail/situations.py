"""What makes the system send each kind of mail, always to Asha."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.db.models.functions import Now
from django.utils import timezone

from cinema.gateways.base import Result
from cinema.models import EmailProof, FilmAlert, OutgoingMail, Ticket
from cinema.services.booking.expiry import release_all_expired
from cinema.services.booking.reminders import remind_of_shows
from cinema.services.core.outbox import Kind
from cinema.services.films.alerts import announce_films, ask_for_film_alert
from cinema.services.money.gift_card_orders import pay_again
from cinema.services.money.gift_card_returns import refund_gift_card
from cinema.services.money.payments import start_payment
from cinema.services.money.receipt_mails import resend_receipt
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.moves import change_seats
from cinema.services.orders.orders import give_goodwill
from cinema.services.orders.owners import mail_owner_link
from cinema.services.orders.show_cancellations import cancel_show, process_cancellation
from cinema.services.orders.staff_actions import RequestedAction
from cinema.services.people.accounts import ask_for_password, ask_to_change_email, ask_to_sign_up, change_email
from cinema.services.people.passwords import store_password
from cinema.services.people.people import give_roles
from cinema.services.people.tokens import create_token
from cinema.services.privacy.retention import warn_unused_accounts
from tests.factories import (
    MANAGER,
    MovieFactory,
    ScreenFactory,
    ShowFactory,
    UserFactory,
    booked,
    gift_card,
    gift_order,
    held,
    lapsed,
    owner,
    receipt_of,
    report,
    seat_ids,
    sold,
    starting_in,
    ticket_of,
    waiting,
)

ASHA = "asha@example.org"


def a_ticket():
    sold(ShowFactory(), "A1 A2")


def other_seats():
    ticket = sold(ShowFactory(), "A1")
    change_seats(code=ticket.code, seat_ids=seat_ids(ticket.show, "A2"))


def another_show():
    ticket, clerk = sold(ShowFactory(), "A1"), owner()
    other = ShowFactory(screen=ScreenFactory(theatre=ticket.show.screen.theatre))
    exchange_order(
        code=ticket.code, show_id=other.pk, seat_ids=[], requested=RequestedAction(clerk, "asked for it", 0, "key")
    )


def a_cancellation():
    cancel_ticket(code=sold(ShowFactory(), "A1").code)


def a_refund_in_part():
    ticket = sold(ShowFactory(), "A1")
    give_goodwill(code=ticket.code, amount=Decimal(50), requested=RequestedAction(owner(), "too loud", 0, "key"))


def money_that_came_too_late():
    show = ShowFactory()
    payment = booked(show, "A1")
    lapsed(ticket_of(payment).hold)
    held(show, "A1", buyer="ben")
    settle_payment(report=report(payment))


def a_cancelled_show(remedy="REFUND", until=None):
    ticket = sold(ShowFactory(), "A1")
    how = {"reason": "no light", "remedy": remedy, "choose_until": until}
    process_cancellation(cancellation=cancel_show(show_id=ticket.show_id, user=owner(), **how))


def a_choice_of_another_show():
    a_cancelled_show("EXCHANGE", timezone.now() + timedelta(days=2))


def a_reminder():
    show = starting_in(ShowFactory(screen__theatre__reminder_hours=24), timedelta(hours=20))
    Ticket.objects.filter(pk=sold(show, "A1").pk).update(confirmed_at=timezone.now() - timedelta(days=2))
    OutgoingMail.objects.all().delete()
    remind_of_shows()


def a_wish_to_hear_of_a_film():
    ask_for_film_alert(movie=MovieFactory(), email=ASHA, client_ip="203.0.113.7")


def a_film_on_sale():
    FilmAlert.objects.create(movie=ShowFactory().movie, email=ASHA, created_at=Now(), confirmed_at=Now())
    announce_films()


def a_place_on_a_waiting_list():
    show = ShowFactory(screen__plan="aa")
    sold(show, "A1 A2")
    waiting(show, ASHA)


def an_offer():
    show = ShowFactory(screen__plan="aa")
    hold = held(show, "A1 A2")
    waiting(show, ASHA)
    OutgoingMail.objects.all().delete()
    lapsed(hold)
    release_all_expired()


def a_sign_up():
    ask_to_sign_up(email=ASHA, name="Asha", client_ip="203.0.113.7")


def a_sign_up_of_somebody_known():
    UserFactory(email=ASHA)
    a_sign_up()


def a_password_for_nobody():
    ask_for_password(email=ASHA, client_ip="203.0.113.7")


def a_password():
    UserFactory(email=ASHA)
    a_password_for_nobody()


def a_new_password():
    store_password(user=UserFactory(email=ASHA), client_ip="203.0.113.7", by_mail=True)


def a_new_token():
    create_token(user=UserFactory(email=ASHA), label="Kiosk")


def a_link_to_a_ticket():
    a_ticket()
    mail_owner_link(ticket=Ticket.objects.get(), client_ip="203.0.113.7")


def another_address():
    ask_to_change_email(user=UserFactory(), email=ASHA, client_ip="203.0.113.7")


def another_address_of_somebody_known():
    UserFactory(email=ASHA)
    another_address()


def an_address_that_has_changed():
    proof = EmailProof.objects.create(email="new@example.org", user=UserFactory(email=ASHA), created_at=timezone.now())
    change_email(proof=proof)


def an_account_nobody_used():
    UserFactory(email=ASHA, last_login=timezone.now() - timedelta(days=2000))
    warn_unused_accounts()


def an_invitation():
    theatre = ShowFactory().screen.theatre
    give_roles(theatre=theatre, email=ASHA, name="Asha", roles=[MANAGER], by=owner())


def a_gift_card(**plan):
    gift_card(recipient_name="Asha", recipient_email=ASHA, message="Enjoy!", **plan)


def a_gift_card_to_print():
    gift_card()


def a_gift_card_paid_twice():
    first = gift_order()
    settle_payment(report=report(first, Result.DECLINED))
    again = pay_again(code=first.code, client_ip="")
    start_payment(payment=again)
    for payment in (again, first):
        settle_payment(report=report(payment))


def an_unspent_gift_card_returned():
    card = gift_card()
    refund_gift_card(theatre=card.theatre, pk=card.pk, user=owner())


def a_receipt_again():
    resend_receipt(receipt=receipt_of(sold(ShowFactory(), "A1")), user=owner())


SITUATIONS: list[tuple[Kind, Callable[[], None], str]] = [
    (Kind.TICKET, a_ticket, "Your ticket"),
    (Kind.SEATS_CHANGED, other_seats, "Your seats have changed"),
    (Kind.EXCHANGED, another_show, "Your ticket is now for another show"),
    (Kind.CANCELLATION, a_cancellation, "Cancelled"),
    (Kind.CANCELLATION, a_cancelled_show, "Cancelled"),
    (Kind.REFUND_PART, a_refund_in_part, "Refund of ₹50"),
    (Kind.REFUND_LATE, money_that_came_too_late, "Refund of ₹250"),
    (Kind.FILM_ALERT, a_wish_to_hear_of_a_film, "Shall we tell you when"),
    (Kind.FILM_ON_SALE, a_film_on_sale, "Now on sale: "),
    (Kind.REMINDER, a_reminder, "Coming up"),
    (Kind.SHOW_CANCELLED_OFFER, a_choice_of_another_show, "Cancelled"),
    (Kind.GIFT_CARD, a_gift_card, "A gift card for you: ₹500 at Galaxy"),
    (Kind.GIFT_CARD_BOUGHT, a_gift_card_to_print, "Your order: a gift card of ₹500"),
    (Kind.GIFT_CARD_REFUND, a_gift_card_paid_twice, "Refund of ₹500: gift card"),
    (Kind.GIFT_CARD_RETURN, an_unspent_gift_card_returned, "Refund of ₹500: gift card"),
    (Kind.RECEIPT, a_receipt_again, "Receipt "),
    (Kind.OWNER_LINK, a_link_to_a_ticket, "Change or cancel your ticket"),
    (Kind.WAITING_JOINED, a_place_on_a_waiting_list, "On the waiting list"),
    (Kind.WAITING_OFFER, an_offer, "2 seats for"),
    (Kind.SIGN_UP, a_sign_up, "Finish signing up"),
    (Kind.HAS_ACCOUNT, a_sign_up_of_somebody_known, "You already have an account at Cinema"),
    (Kind.NO_ACCOUNT, a_password_for_nobody, "No account at Cinema"),
    (Kind.EMAIL_CHANGE, another_address, "Confirm your new email address"),
    (Kind.EMAIL_TAKEN, another_address_of_somebody_known, "You already have an account at Cinema"),
    (Kind.EMAIL_CHANGED, an_address_that_has_changed, "The email address of your account at Cinema"),
    (Kind.ACCOUNT_UNUSED, an_account_nobody_used, "Your account at Cinema will be deleted"),
    (Kind.INVITATION, an_invitation, "Welcome to the staff"),
    (Kind.PASSWORD_RESET, a_password, "Choose a new password"),
    (Kind.NEW_PASSWORD, a_new_password, "Your password for Cinema has changed"),
    (Kind.NEW_TOKEN, a_new_token, "A new API token"),
]
