"""The shows of a day on their screens' lines of time, rendered in Python: a template for each took half of the page."""

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.domain.clock import shown_time
from cinema.models import Show, Theatre
from cinema.selectors.schedule.today import ScreenLine, Span, TimelineSlot

register = template.Library()


@register.simple_tag
def timeline_slots(line: ScreenLine, theatre: Theatre) -> SafeString:
    """A group for each show of a screen: its parts, how it sells, and a link to it."""
    address = reverse("staff-shows-show", args=[theatre.slug, 0]).removesuffix("0/")
    drawn = "".join(_slot(slot, theatre, address) for slot in line.slots)
    return mark_safe(drawn)  # noqa: S308, the film and our own words are escaped, the rest is numbers


@register.filter
def sales(slot: TimelineSlot) -> SafeString:
    """How a show sells: “120 sold · 4 held · 96 free”."""
    sold = slot.show.admissions
    parts = [f'<span class="sold">{escape(ngettext("%(n)s sold", "%(n)s sold", sold) % {"n": sold})}</span>']
    if held := slot.held:
        parts.append(f'<span class="held">{escape(ngettext("%(n)s held", "%(n)s held", held) % {"n": held})}</span>')
    parts.append(escape(ngettext("%(n)s free", "%(n)s free", slot.free) % {"n": slot.free}))
    if off := slot.off:
        parts.append(escape(ngettext("%(n)s blocked", "%(n)s blocked", off) % {"n": off}))
    drawn = f'<span class="today-counts">{" · ".join(parts)}</span>'
    return mark_safe(drawn)  # noqa: S308, as above


def _slot(slot: TimelineSlot, theatre: Theatre, address: str) -> str:
    show = slot.show
    is_draft = show.status == Show.Status.DRAFT
    look, draft = ("timeline-slot is-draft", f"{escape(_('draft'))} · ") if is_draft else ("timeline-slot", "")
    return (
        f'<g class="{look}">{_parts(slot, theatre)}{_share(slot)}'
        f'<foreignObject{_across(slot.whole)} y="6" height="46"><div class="timeline-text">'
        f'<a id="slot-{show.pk}" href="{address}{show.pk}/"><b>{escape(shown_time(show.starts_at, theatre.tz))}</b>'
        f" {escape(show.title)}</a> <small>{draft}{sales(slot)}</small></div></foreignObject></g>"
    )


def _parts(slot: TimelineSlot, theatre: Theatre) -> str:
    """Doors, trailers, film and cleaning, each with its name and time."""
    show, tz = slot.show, theatre.tz
    film = {"start": shown_time(slot.film_at, tz), "end": shown_time(show.film_ends_at, tz)}
    names = [
        ("doors", slot.doors, _("Doors %(time)s") % {"time": shown_time(slot.doors_at, tz)}),
        ("trailers", slot.trailers, _trailers(show.trailers)),
        ("film", slot.film, _("Film %(start)s–%(end)s") % film),
        ("turnaround", slot.turnaround, _("Cleaning until %(time)s") % {"time": shown_time(show.ends_at, tz)}),
    ]
    drawn = [
        f'<rect class="timeline-{name}"{_across(span)} y="62" height="10"><title>{escape(text)}</title></rect>'
        for name, span, text in names
    ]
    drawn.insert(1, f'<rect class="timeline-body"{_across(slot.whole)} y="6" height="66" rx="4"/>')
    return "".join(drawn)


def _trailers(minutes: int) -> str:
    text = ngettext("Trailers, %(minutes)s minute", "Trailers, %(minutes)s minutes", minutes)
    return text % {"minutes": minutes}


def _share(slot: TimelineSlot) -> str:
    """The shares of its seats that are sold and held, as a bar."""
    return (
        f'<svg{_across(slot.whole)} y="52" height="6" aria-hidden="true">'
        '<rect class="timeline-share" width="100%" height="6"/>'
        f'<rect class="timeline-share-sold" width="{slot.sold_share}%" height="6"/>'
        f'<rect class="timeline-share-held" x="{slot.sold_share}%" width="{slot.held_share}%" height="6"/></svg>'
    )


def _across(span: Span) -> str:
    return f' x="{span.x}%" width="{span.width}%"'
