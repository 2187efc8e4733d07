"""The further films of many shows at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from django.db.models import QuerySet

from cinema.models import Feature, FurtherFilm, Show
from cinema.selectors.core.compiled import Compiled

S = TypeVar("S", bound=Show)


def with_features(shows: Iterable[S]) -> list[S]:
    """Load the further films of shows, in one statement; in none where no show is a double bill, or all are loaded."""
    loaded = list(shows)
    double = [show for show in loaded if show.further_minutes and "further" not in vars(show)]
    if double:
        found: defaultdict[int, list[FurtherFilm]] = defaultdict(list)
        for feature in _features({show.pk for show in double}):
            found[feature.show_id].append(feature.further)
        for show in double:
            show.further = tuple(found[show.pk])
    return loaded


@Compiled
def _features(shows: Collection[int]) -> QuerySet[Any, Feature]:
    return Feature.objects.filter(show__in=shows).select_related("movie").order_by("show", "position")
