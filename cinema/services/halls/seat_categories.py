"""The seat categories of a theatre: their names and their order, the plainest first."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import ProtectedError

from cinema.exceptions import CategoryInUse, NameTaken
from cinema.models import SeatCategory, Theatre, User
from cinema.models.translations import Translations, shared_translation
from cinema.services.core.audit import Action, note
from cinema.services.core.locking import lock_theatre
from cinema.services.core.transactions import atomically

OUT_OF_THE_WAY = 10_000  # ranks are unique, so old ones are raised by this before new ones are assigned


class Wanted(NamedTuple):
    """The wanted state of a category; ``pk`` None creates one."""

    pk: int | None
    name: str
    translations: Translations = {}


@atomically
def arrange_categories(*, theatre: Theatre, wanted: Sequence[Wanted], user: User) -> None:
    """Save the categories of a theatre. Their order, the plainest first, gives their ranks and colours on seat maps.

    Categories missing in ``wanted`` are deleted. Raises NameTaken for a duplicate name, CategoryInUse for one that
    cannot be deleted.
    """
    lock_theatre(pk=theatre.pk)
    names = [each.name.casefold() for each in wanted]
    for each in wanted:
        if names.count(each.name.casefold()) > 1:
            raise NameTaken(each.name)
    for number, each in enumerate(wanted):
        if taken := shared_translation(each.translations, (other.translations for other in wanted[:number])):
            raise NameTaken(taken)
    known = {category.pk: category for category in theatre.seat_categories.order_by("rank")}
    before = [category.name for category in known.values()]
    translated = [category.name_translations for category in known.values()]
    for pk in known.keys() - {each.pk for each in wanted}:
        _remove(known.pop(pk))
    for rank, category in enumerate(known.values()):
        category.name, category.rank = f"{OUT_OF_THE_WAY + rank}", OUT_OF_THE_WAY + rank
    SeatCategory.objects.bulk_update(known.values(), ["name", "rank"])
    for rank, each in enumerate(wanted, start=1):
        category = known[each.pk] if each.pk in known else SeatCategory(theatre=theatre)
        category.name, category.rank, category.name_translations = each.name, rank, dict(each.translations)
        category.save()
    after, now = [each.name for each in wanted], [dict(each.translations) for each in wanted]
    if before != after or translated != now:
        note(
            action=Action.HALL,
            user=user,
            theatre=theatre,
            subject=theatre,
            categories=[before, after],
            translations=[translated, now],
        )


def _remove(category: SeatCategory) -> None:
    try:
        category.delete()
    except ProtectedError as error:
        raise CategoryInUse(category.name) from error
