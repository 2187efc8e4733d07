"""The seat categories of a theatre: their names, and their order from the plainest up."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import ProtectedError

from cinema.exceptions import CategoryInUse, NameTaken
from cinema.models import SeatCategory, Theatre, User
from cinema.services.core.audit import Action, note
from cinema.services.core.locking import lock_theatre
from cinema.services.core.transactions import atomically

OUT_OF_THE_WAY = 10_000  # ranks are unique, so they go up here before they are given anew


class Wanted(NamedTuple):
    """A category as it is to be; ``pk`` None makes a new one."""

    pk: int | None
    name: str


@atomically
def arrange_categories(*, theatre: Theatre, wanted: Sequence[Wanted], user: User) -> None:
    """Name the categories, the plainest first: their ranks follow, and with them their colours on every map.

    Those not ``wanted`` go, if nothing ever had them. Raises NameTaken for a name given twice, CategoryInUse.
    """
    lock_theatre(pk=theatre.pk)
    names = [each.name.casefold() for each in wanted]
    for each in wanted:
        if names.count(each.name.casefold()) > 1:
            raise NameTaken(each.name)
    known = {category.pk: category for category in theatre.seat_categories.order_by("rank")}
    before = [category.name for category in known.values()]
    for pk in known.keys() - {each.pk for each in wanted}:
        _remove(known.pop(pk))
    for rank, category in enumerate(known.values()):
        category.name, category.rank = f"{OUT_OF_THE_WAY + rank}", OUT_OF_THE_WAY + rank
    SeatCategory.objects.bulk_update(known.values(), ["name", "rank"])
    for rank, each in enumerate(wanted, start=1):
        category = known[each.pk] if each.pk in known else SeatCategory(theatre=theatre)
        category.name, category.rank = each.name, rank
        category.save()
    after = [each.name for each in wanted]
    if before != after:
        note(action=Action.HALL, user=user, theatre=theatre, subject=theatre, categories=[before, after])


def _remove(category: SeatCategory) -> None:
    try:
        category.delete()
    except ProtectedError as error:
        raise CategoryInUse(category.name) from error
