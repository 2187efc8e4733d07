"""What is kept of a person, in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()

PARTS = {
    "account": gettext_lazy("Account"),
    "tickets": gettext_lazy("Tickets"),
    "tickets_for_others": gettext_lazy("Tickets booked for other addresses"),
    "waiting_lists": gettext_lazy("Waiting lists"),
    "mails": gettext_lazy("Mails"),
    "addresses_to_be_proven": gettext_lazy("Links to confirm an address"),
    "failed_sign_ins": gettext_lazy("Failed sign-ins"),
    "audit_trail": gettext_lazy("Audit trail"),
}
LABELS = {
    "active": gettext_lazy("Active"),
    "amount": gettext_lazy("Amount"),
    "api_tokens": gettext_lazy("API tokens"),
    "at": gettext_lazy("When"),
    "booked_at": gettext_lazy("Booked"),
    "cancelled_at": gettext_lazy("Cancelled"),
    "confirmed_at": gettext_lazy("Confirmed"),
    "created_at": gettext_lazy("Asked for"),
    "done_by_staff": gettext_lazy("Done by staff"),
    "email": gettext_lazy("E-mail address"),
    "failed_at": gettext_lazy("Given up"),
    "film": gettext_lazy("Film"),
    "held_since": gettext_lazy("Seats held since"),
    "joined": gettext_lazy("Joined"),
    "joined_at": gettext_lazy("Joined"),
    "last_sign_in": gettext_lazy("Last sign-in"),
    "name": gettext_lazy("Name"),
    "offered_at": gettext_lazy("Seats offered"),
    "offered_until": gettext_lazy("Offered until"),
    "owner": gettext_lazy("Owner"),
    "payments": gettext_lazy("Payments"),
    "phone": gettext_lazy("Phone"),
    "recipient": gettext_lazy("Recipient"),
    "reference": gettext_lazy("Reference"),
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
    "what": gettext_lazy("What"),
    "written_at": gettext_lazy("Written"),
}


@register.filter
def part_name(name: str) -> str:
    """What people call a part of selectors.personal_data."""
    return str(PARTS[name])


@register.filter
def facts(item: Mapping[str, Any]) -> list[tuple[str, str]]:
    """An item of it as labels and texts, without what is empty."""
    return [(str(LABELS[name]), _text(value)) for name, value in item.items() if value not in (None, "", [])]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return formats.date_format(value, "SHORT_DATETIME_FORMAT")
    if isinstance(value, Mapping):
        return ", ".join(text for one in value.values() if one not in (None, "", []) and (text := _text(one)))
    if isinstance(value, list):
        return "; ".join(map(_text, value))
    return str(value)
