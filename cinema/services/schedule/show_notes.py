"""Write and remove notes on shows, by staff for their colleagues."""

from django.db.models.functions import Now

from cinema.models import ShowNote, Theatre, User
from cinema.services.core import audit
from cinema.services.core.locking import lock_show
from cinema.services.core.transactions import atomically


@atomically
def write_note(*, theatre: Theatre, show_id: int, text: str, key: str, user: User) -> ShowNote:
    """Write a note on a show of the theatre. A repeated ``key`` is the same note. Raises Show.DoesNotExist."""
    show = lock_show("movie", pk=show_id, screen__theatre=theatre)
    note, is_new = ShowNote.objects.get_or_create(show=show, key=key, defaults={"text": text, "written_by": user})
    if is_new:
        audit.note(action=audit.Action.NOTE, user=user, theatre=theatre, show=show, subject=show, written=note.pk)
    return note


@atomically
def remove_note(*, theatre: Theatre, note_id: int, user: User) -> ShowNote:
    """Remove a note on a show of the theatre; one that is removed already stays so. Raises ShowNote.DoesNotExist."""
    note = ShowNote.objects.select_related("show__movie").get(pk=note_id, show__screen__theatre=theatre)
    present = ShowNote.objects.filter(pk=note.pk, removed_at=None)
    if present.update(removed_at=Now(), removed_by=user):
        show = note.show
        audit.note(action=audit.Action.NOTE, user=user, theatre=theatre, show=show, subject=show, removed=note.pk)
    return note
