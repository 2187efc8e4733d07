"""Recognition of rows that are not films: series, episodes and games."""

import re
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from cinema.film_tables import dates
from cinema.film_tables.values import Unusable, text
from cinema.film_tables.vocabulary import key, word_list

IN_TITLE = re.compile(r".*\((?:TV|Web|Mini)[ -]?(?:Mini[ -]?)?Series\b.*|.*\(TV Episode\b.*", re.IGNORECASE)
AMERICAN_TV = re.compile(r"TV-(?:Y7?|G|PG|14|MA)(?:-FV)?")


def refuse_series(cells: dict[str, Any]) -> None:
    """Raise Unusable if the type, seasons, years, title or certificate show that the row is not a film."""
    kind = text(cells.get("kind"))[:60]
    if _is_series(kind):
        raise Unusable(_("not a film"), kind)
    seasons, year, title = text(cells.get("seasons"))[:20], cells.get("year"), text(cells.get("title"))[:300]
    if re.fullmatch(r"0*[1-9]\d*(\.0)?", seasons):
        raise Unusable(_("a series, as it has seasons or episodes"), seasons)
    if dates.is_span(year):
        raise Unusable(_("a series, as it has a first and a last year"), year)
    if IN_TITLE.fullmatch(title):
        raise Unusable(_("a series, as its title says"))
    certificate = text(cells.get("certificate"))[:20]
    unknown = all(name in cells and cells[name] is None for name in ("director", "year"))
    if unknown and AMERICAN_TV.fullmatch(certificate):
        raise Unusable(_("a series, as it has neither director nor year, but a rating for television"), certificate)


def _is_series(kind: str) -> bool:
    """Whether a type is that of a series: “tvSeries”, “TV Mini Series” or “Fernsehserie”."""
    return bool(kind) and (key(kind).startswith(_series()) or key(kind).endswith(_series()))


@cache
def _series() -> tuple[str, ...]:
    return tuple(map(key, word_list("series")))
