"""How seats are said."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.seating.places import Place, in_order


def seat_names(places: Iterable[Place]) -> str:
    """“row G, seats 8 and 9”, within a sentence; “row F, seats 4–7 and row G, seat 5”."""
    rows = groupby(in_order(places), key=lambda place: (place.y, place.row))
    return get_text_list([_row(row, [place.number for place in group]) for (_y, row), group in rows], _("and"))


def _row(row: str, numbers: Sequence[int]) -> str:
    names = get_text_list(list(_ranges(sorted(numbers))), _("and"))
    pattern = ngettext("row %(row)s, seat %(seats)s", "row %(row)s, seats %(seats)s", len(numbers))
    return pattern % {"row": row, "seats": names}


def _ranges(numbers: Sequence[int]) -> Iterator[str]:
    """“4–7” for three and more in sequence."""
    for _offset, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        run = [number for _at, number in group]
        if len(run) > 2:
            yield f"{run[0]}–{run[-1]}"
        else:
            yield from map(str, run)


def rows_named(places: Collection[Place]) -> str:
    """“rows F and G”."""
    rows = [row for (_y, row), _group in groupby(in_order(places), key=lambda place: (place.y, place.row))]
    pattern = ngettext("row %(rows)s", "rows %(rows)s", len(rows))
    return pattern % {"rows": get_text_list(rows, _("and"))}
