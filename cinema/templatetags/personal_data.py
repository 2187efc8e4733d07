"""Formats personal data as labels and texts."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import starmap
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cinema.domain.clock import written_time
from cinema.domain.dates import day_and_time, shown_date
from cinema.domain.lists import listed
from cinema.domain.money import format_money

register = template.Library()

PARTS = {
    "account": gettext_lazy("Account"),
    "tickets": gettext_lazy("Tickets"),
    "tickets_for_others": gettext_lazy("Tickets booked for other addresses"),
    "gift_cards_bought": gettext_lazy("Gift cards bought"),
    "gift_cards_received": gettext_lazy("Gift cards received"),
    "private_hires": gettext_lazy("Private hires"),
    "waiting_lists": gettext_lazy("Waiting lists"),
    "mails": gettext_lazy("Emails"),
    "addresses_to_be_proven": gettext_lazy("Unconfirmed email addresses"),
    "failed_sign_ins": gettext_lazy("Failed sign-ins"),
    "notes": gettext_lazy("Notes on shows"),
    "audit_trail": gettext_lazy("Audit trail"),
}
LABELS = {
    "active": gettext_lazy("Active"),
    "amount": gettext_lazy("Amount"),
    "api_tokens": gettext_lazy("API tokens"),
    "at": gettext_lazy("When"),
    "balance": gettext_lazy("Balance"),
    "booked_at": gettext_lazy("Booked"),
    "cancelled_at": gettext_lazy("Cancelled"),
    "channel": gettext_lazy("Bought through"),
    "company": gettext_lazy("Company"),
    "company_tax_number": gettext_lazy("Company’s tax number"),
    "confirmed_at": gettext_lazy("Confirmed"),
    "created_at": gettext_lazy("Created"),
    "done_by_staff": gettext_lazy("Changed by staff"),
    "email": gettext_lazy("Email address"),
    "ends_at": gettext_lazy("End"),
    "failed_at": gettext_lazy("Given up"),
    "film": gettext_lazy("Film"),
    "held_since": gettext_lazy("Seats held since"),
    "joined": gettext_lazy("Joined"),
    "joined_at": gettext_lazy("Joined"),
    "language": gettext_lazy("Language"),
    "last_sign_in": gettext_lazy("Last sign-in"),
    "message": gettext_lazy("Message"),
    "name": gettext_lazy("Name"),
    "offered_at": gettext_lazy("Seats offered"),
    "offered_until": gettext_lazy("Offered until"),
    "order": gettext_lazy("Order"),
    "ordered_at": gettext_lazy("Ordered"),
    "owner": gettext_lazy("Owner"),
    "payments": gettext_lazy("Payments"),
    "phone": gettext_lazy("Phone"),
    "receipts": gettext_lazy("Receipts"),
    "recipient": gettext_lazy("Recipient"),
    "recipient_email": gettext_lazy("Recipient’s email address"),
    "recipient_name": gettext_lazy("Recipient’s name"),
    "reference": gettext_lazy("Reference"),
    "released": gettext_lazy("Released"),
    "roles": gettext_lazy("Roles"),
    "seats": gettext_lazy("Seats"),
    "sent_at": gettext_lazy("Sent"),
    "starts_at": gettext_lazy("Show"),
    "status": gettext_lazy("Status"),
    "subject": gettext_lazy("Subject"),
    "terms_accepted_at": gettext_lazy("Terms accepted"),
    "terms_version": gettext_lazy("Version of the terms"),
    "theatre": gettext_lazy("Theatre"),
    "times": gettext_lazy("How often"),
    "valid_until": gettext_lazy("Valid until"),
    "what": gettext_lazy("What"),
    "written_at": gettext_lazy("Written"),
}


@register.filter
def part_name(name: str) -> str:
    """The heading of a part of selectors.privacy.personal_data."""
    return str(PARTS[name])


@register.filter
def facts(item: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The labels and texts of an item, without empty ones."""
    return [(str(LABELS[name]), _text(value)) for name, value in item.items() if value not in (None, "", [])]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return format_money(value)
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return day_and_time(shown_date(local, "j M Y"), f"{written_time(local)} {local:%Z}")
    if isinstance(value, date):
        return shown_date(value, "j M Y")
    if isinstance(value, Mapping):
        return listed(starmap(_clause, value.items()))
    if isinstance(value, list):
        return "; ".join(map(_text, value))
    return str(value)


def _clause(name: str, value: Any) -> str:
    """One fact of a list without its label; of a boolean the label if it is true."""
    if value is None or name == "currency":
        return ""
    if isinstance(value, bool):
        return str(LABELS[name]) if value else ""
    return _text(value)
