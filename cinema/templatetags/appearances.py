"""How the cinema presents itself on a page, and its legal texts."""

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.urls import reverse

from cinema.domain.colours import OWN_ACCENT, dark_shades, light_shades
from cinema.models import Hold, LegalText, Order, Show, Theatre, Ticket
from cinema.selectors.halls.appearances import Branding, introduction_of, look_of
from cinema.selectors.people.legal import published_texts

register = template.Library()


@register.simple_tag(takes_context=True)
def look(context: Context) -> Branding:
    """The look of the theatre that a page is about.

    It is its ``theatre``, or that of its ``show``, ``order``, ``ticket`` or ``hold``. All other pages have the look
    of the site.
    """
    return look_of(_theatre_id(context))


@register.simple_tag(takes_context=True)
def legal_texts(context: Context) -> list[LegalText]:
    """The legal texts in force on a page, as look() finds its theatre."""
    return published_texts(_theatre_id(context))


def _theatre_id(context: Context) -> int | None:
    theatre, order, ticket = (context.get(name) for name in ("theatre", "order", "ticket"))
    sold = ticket if isinstance(ticket, Ticket) else context.get("hold")
    show = sold.show if isinstance(sold, (Ticket, Hold)) else context.get("show")
    if isinstance(theatre, Theatre):
        return theatre.pk
    if isinstance(order, Order):
        return order.theatre_id
    return show.screen.theatre_id if isinstance(show, Show) else None


@register.simple_tag
def introduction(theatre: Theatre | None) -> str:
    """The text below the programme of a theatre, or of the front page, in Markdown; "" without one."""
    return introduction_of(theatre or None)


@register.simple_tag
def icon_url(look: Branding, name: str) -> str:
    """The path of the cinema's icon of this name in exports.icon_png; ours, if the cinema has none of its own.

    It names all that is in the icon, so that it changes with it.
    """
    if look.square_logo:
        return reverse("logo-icon", args=[look.square_logo, name])
    if look.letter:
        return reverse("letter-icon", args=[(look.accent or OWN_ACCENT)[1:], look.letter, name])
    return static(f"img/icon-{name}.png")


@register.filter
def on_light(look: Branding) -> str:
    """The accent colour on a light ground, for mails, which have no style sheet."""
    return light_shades(look.accent).accent if look.accent else OWN_ACCENT


@register.filter
def on_dark(look: Branding) -> str:
    """The accent colour on a dark ground."""
    return dark_shades(look.accent).accent if look.accent else "#ff7f56"
