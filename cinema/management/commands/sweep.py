"""``manage.py sweep``: finish what a crash, a silent gateway or a lost mail left open. Safe to run at any time."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from cinema.services.blocks import carry_out_everywhere
from cinema.services.expiry import release_all_expired
from cinema.services.mail_requests import forget_mail_requests
from cinema.services.mailing import mail_unsent_tickets, mail_unsent_waiting
from cinema.services.payments import check_pending_payments
from cinema.services.refunds import carry_out_pending
from cinema.services.show_cancellations import carry_on_everywhere
from cinema.services.waiting import close_waiting_lists, offer_everywhere

A_WHILE = timedelta(minutes=1)  # what is younger is still on its ordinary way


class Command(BaseCommand):
    help = (
        "Free the seats of holds that ran out and offer them on, ask about payments, go on with shows called off, "
        "retry refunds and mails."
    )

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"Payments settled: {check_pending_payments(older_than=A_WHILE)}")
        self.stdout.write(f"Shows with seats freed: {release_all_expired()}")
        self.stdout.write(f"Shows with seats taken off sale or put on: {carry_out_everywhere()}")
        self.stdout.write(f"Tickets of shows called off: {carry_on_everywhere()}")
        self.stdout.write(f"Refunds carried out: {carry_out_pending()}")
        self.stdout.write(f"People who waited in vain: {close_waiting_lists()}")
        self.stdout.write(f"Waiting lists with offers: {offer_everywhere()}")
        forget_mail_requests()
        mails = mail_unsent_tickets(older_than=A_WHILE) + mail_unsent_waiting(older_than=A_WHILE)
        self.stdout.write(f"Mails sent: {mails}")
