"""Shows and private hires on a lane of the planner, rendered in Python: a template loop takes ten times as long."""

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cinema.domain.weekdays import short_weekday
from cinema.film_tables.double_bills import write_further
from cinema.models import Show, Theatre
from cinema.selectors.schedule.schedule import HireBlock, Lane, ScheduleBlock
from cinema.templatetags.labels import label_words

register = template.Library()
register.filter("further_films", write_further)
FORMATS = {value: label for value, label in Show.Format.choices if value != Show.Format.STANDARD}


@register.simple_tag
def plan_blocks(lane: Lane, theatre: Theatre, view: str) -> SafeString:
    """A list item for each show and private hire: a link to its form, which the planner's script places on the
    timeline."""
    shows, hires = (
        reverse(f"staff-schedule-{name}", args=[theatre.slug, 0]).removesuffix("0/") for name in ("show", "hire")
    )
    query = "?view=day" if view == "day" else ""
    drawn = [(block.at, _block(block, shows, query)) for block in lane.blocks]
    drawn += [(block.at, _hire_block(block, hires, query)) for block in lane.hires]
    # Names of films and languages, notes and occasions are escaped; everything else is numbers and our own words.
    return mark_safe("".join(html for _at, html in sorted(drawn)))  # noqa: S308


def _hire_block(block: HireBlock, address: str, query: str) -> str:
    occasion, kind = escape(block.hire.occasion), escape(_("private hire"))
    return (
        f'<li class="slot slot-hire" data-at="{block.at}" data-minutes="{block.minutes}" data-rest="0">'
        f'<a id="hire-{block.hire.pk}" draggable="false" href="{address}{block.hire.pk}/{query}"'
        f' title="{occasion}, {block.starts}–{block.ends}"><span class="slot-main">'
        f'<strong class="slot-time">{block.starts}</strong> <span class="slot-film">{occasion}</span></span> '
        f'<span class="slot-facts"><span class="slot-end">–{block.ends}</span> · <b>{kind}</b></span></a></li>'
    )


def _block(block: ScheduleBlock, address: str, query: str) -> str:
    show, url = block.show, f"{address}{block.show.pk}/"
    film = escape(show.title)
    hand = f' data-move="{url}move/" data-version="{show.version}"' if block.movable else ""
    return (
        f'<li class="slot slot-{show.status.lower()}" data-at="{block.at}" data-minutes="{block.minutes}"'
        f' data-rest="{block.rest}"><a id="show-{show.pk}" draggable="false" href="{url}{query}"{hand}'
        f' title="{film}, {block.starts}–{block.ends}"><span class="slot-main"><strong class="slot-time">{block.starts}'
        f'</strong> <span class="slot-film">{film}</span></span> '
        f'<span class="slot-facts">{_facts(block)}</span></a></li>'
    )


def _facts(block: ScheduleBlock) -> str:
    """“–02:30 night from Fri to Sat · draft · 3D · Hindi”: the most important first, as the end may be cut off."""
    show = block.show
    end = f'<span class="slot-end">–{block.ends}</span>'
    if block.night:
        days = {"evening": short_weekday(show.trading_day.weekday()), "morning": short_weekday(block.night.weekday())}
        night = _("night from %(evening)s to %(morning)s") % days
        end = f"{end} <em>{escape(night)}</em>"
    version = [str(FORMATS.get(show.format, "")), escape(str(show.language)), escape(label_words(show))]
    return " · ".join(filter(None, [end, *_state(show), *version]))


def _state(show: Show) -> list[str]:
    if show.status == Show.Status.DRAFT:
        return [f"<b>{escape(_('draft'))}</b>", "" if show.price_card_id else escape(_("no price card"))]
    if show.status == Show.Status.CANCELLED:
        return [f"<b>{escape(pgettext('a show', 'cancelled'))}</b>"]
    return [escape(_("%(sold)d/%(total)d sold") % {"sold": show.admissions, "total": show.seats_total})]
