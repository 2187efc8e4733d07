"""Navigation of the back office, and the seats of a hall for staff."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from cinema.models.annotated import GiftCardNow
from cinema.models.codes import grouped
from cinema.selectors.booking.seat_map import MINE, SeatView
from cinema.selectors.orders.audience import Audience
from cinema.selectors.people.staff import ANYBODY, BOX_OFFICE, MANAGER, Post, posts_of
from cinema.web.http import StaffRequest
from cinema.web.shared import shared_at

register = template.Library()

# URL name, label, roles: sections of a theatre, then sections of the whole installation.
AT_A_THEATRE = [
    ("staff-today", _("Today"), ANYBODY),
    ("staff-sell", _("Sell"), (MANAGER, BOX_OFFICE)),
    ("staff-door", _("Door"), ANYBODY),
    ("staff-schedule", _("Schedule"), (MANAGER,)),
    ("staff-orders", _("Orders"), (MANAGER, BOX_OFFICE)),
    ("staff-payments", _("Money"), (MANAGER, BOX_OFFICE)),
    ("staff-tills", _("Tills"), (MANAGER, BOX_OFFICE)),
    ("staff-gift-cards", _("Gift cards"), (MANAGER, BOX_OFFICE)),
    ("staff-vouchers", _("Vouchers"), (MANAGER, BOX_OFFICE)),
    ("staff-prices", _("Prices"), (MANAGER,)),
    ("staff-screens", _("Screens"), (MANAGER,)),
    ("staff-blocks", _("Blocked seats"), (MANAGER, BOX_OFFICE)),
    ("staff-figures", _("Figures"), (MANAGER,)),
    ("staff-people", _("People"), (MANAGER,)),
]
FOR_ALL = [
    ("staff-films", _("Films"), (MANAGER,)),
    ("staff-theatres", _("Theatres"), ()),
    ("staff-legal", _("Legal"), ()),
]
GATEWAYS = {"razorpay": "Razorpay", "sandbox": _("Test provider"), "stripe": "Stripe"}


@register.filter
def gateway_name(gateway: str) -> str:
    """The name of a payment provider for people."""
    return str(GATEWAYS.get(gateway, gateway))


@register.filter
def is_expired(card: GiftCardNow) -> bool:
    """Whether the last day of a gift card is over."""
    return card.has_expired(card.now)


@register.simple_tag
def hall_boxes(seats: Iterable[SeatView], off: Collection[int]) -> SafeString:
    """The checkboxes of the seats of a hall; seats already ``off`` sale are marked. See cinema.seat_boxes."""
    word = _("already blocked")
    return mark_safe(  # noqa: S308, name and label are escaped, the rest is our own
        "".join(
            f'<label class="{seat.classes}{" off" if seat.id in off else ""}" id="s{seat.id}">'
            f'<input type="checkbox" name="seats" value="{seat.id}" data-label="{escape(seat.label)}" data-price="0"'
            f' aria-label="{escape(seat.name)}{f", {word}" if seat.id in off else ""}"'
            f'{" checked" if seat.checked else ""}><b aria-hidden="true">{seat.number}</b></label>'
            for seat in seats
        )
    )


@register.simple_tag
def display_seats(seats: Iterable[SeatView]) -> SafeString:
    """The seats of a hall to look at; those of the buyer are chosen, and have their numbers."""
    return mark_safe(  # noqa: S308, all of it is our own
        "".join(
            f'<span class="{seat.classes} chosen"><b>{seat.number}</b></span>'
            if seat.state == MINE
            else f'<span class="{seat.classes}"></span>'
            for seat in seats
        )
    )


@register.simple_tag
def audience_seats(seats: Iterable[SeatView], audience: Audience, named: bool) -> SafeString:
    """The seats of a hall. A taken seat is a link to its party, labelled by name if ``named``, else by reference."""
    return mark_safe("".join(_seat_of(seat, audience, named) for seat in seats))  # noqa: S308, as above


def _seat_of(seat: SeatView, audience: Audience, named: bool) -> str:
    party = audience.by_seat.get(seat.id)
    if party is None:
        return f'<span class="{seat.classes}" aria-hidden="true"><b>{seat.number}</b></span>'
    reference, has_come = party.ticket.reference, seat.id in audience.came
    who = str(party.ticket.order.name if named else grouped(reference))
    who = escape(_("%(who)s, admitted") % {"who": who} if has_come else who)
    classes = f"{seat.classes} is-odd" if party.odd else seat.classes
    classes = f"{classes} is-in" if has_come else classes
    return (
        f'<a class="{classes}" id="s{seat.id}" href="#order-{reference}"'
        f' title="{who}" aria-label="{escape(seat.label)}, {who}"><b>{seat.number}</b></a>'
    )


class NavigationLink(NamedTuple):
    url: str
    label: str
    here: bool


@register.simple_tag(takes_context=True)
def staff_post(context: dict[str, Any]) -> Post | None:
    """The user's roles at the page's theatre; on a page for all theatres, at the only theatre where they work."""
    request: StaffRequest = context["request"]
    post: Post | None = getattr(request, "staff_role", None)
    if post:
        return post
    posts = posts_of(request.user)
    return posts[0] if len(posts) == 1 else None


@register.simple_tag(takes_context=True)
def staff_links(context: dict[str, Any], post: Post | None) -> list[NavigationLink]:
    """The sections that the user may open, of the theatre and of the installation."""
    request: StaffRequest = context["request"]
    sections = [(name, str(label), [post.theatre.slug]) for name, label, who in AT_A_THEATRE if post and post.may(*who)]
    owner = request.user.is_owner and not shared_at(request)
    sections += [(name, str(label), []) for name, label, who in FOR_ALL if owner or (post and post.may(*who))]
    return [_link(request, *section) for section in sections]


def _link(request: HttpRequest, name: str, label: str, args: list[str]) -> NavigationLink:
    page = (request.resolver_match and request.resolver_match.url_name) or ""
    return NavigationLink(reverse(name, args=args), label, page == name or page.startswith(f"{name}-"))
