"""Films and theatres for the site map."""

from datetime import datetime

from django.db.models import OuterRef, Subquery

from cinema.models import AuditEvent, Movie, Theatre, shown_at
from cinema.selectors.schedule.programme import upcoming_shows

Action = AuditEvent.Action
SHOWN = (Action.THEATRE, Action.HALL, Action.PUBLISH, Action.SHOW, Action.SHOW_CANCEL)


def films_on() -> list[Movie]:
    """Return the films with coming shows, by title."""
    return list(Movie.objects.filter(shown_at(upcoming_shows())))


def theatres_with_changes() -> dict[Theatre, datetime | None]:
    """Return the theatres, by name, and when staff last changed what their pages say; None before that."""
    changes = AuditEvent.objects.filter(theatre=OuterRef("pk"), action__in=SHOWN).order_by("-pk")
    found = Theatre.objects.annotate(changed_at=Subquery(changes.values("at")[:1]))
    return {theatre: theatre.changed_at for theatre in found}
