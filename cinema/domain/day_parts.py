"""Parts of a day in which shows begin, by the theatre's clock."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MORNING, AFTERNOON, EVENING, LATE = "morning", "afternoon", "evening", "late"

# The hours of each; the last ones are after midnight, and belong to the evening before. Late is a part of the evening.
HOURS: dict[str, tuple[int, ...]] = {
    MORNING: tuple(range(5, 12)),
    AFTERNOON: tuple(range(12, 17)),
    EVENING: (*range(17, 24), *range(5)),
    LATE: (*range(21, 24), *range(5)),
}
NAMES: dict[str, str | Promise] = {
    MORNING: _("Morning"),
    AFTERNOON: _("Afternoon"),
    EVENING: _("Evening"),
    LATE: _("Late evening"),
}
