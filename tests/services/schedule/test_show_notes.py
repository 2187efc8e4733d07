"""Notes on shows: of this theatre only, each form once, and they go with a draft."""

import pytest

from cinema.models import AuditEvent, Show, ShowNote
from cinema.services.schedule.show_edits import delete_show
from cinema.services.schedule.show_notes import remove_note, write_note
from tests.factories import MANAGER, ShowFactory, TheatreFactory, draft, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    return ShowFactory(screen__plan="aa")


def written(show: Show, text: str = "A school comes", key: str = "key") -> ShowNote:
    theatre = show.screen.theatre
    return write_note(theatre=theatre, show_id=show.pk, text=text, key=key, user=staff(theatre, MANAGER))


def test_a_repeated_key_is_the_first_note(show):
    first = written(show)
    assert written(show, "Another text") == first
    assert ShowNote.objects.get().text == "A school comes"
    assert AuditEvent.objects.filter(action="NOTE").count() == 1


def test_the_trail_has_who_and_when_but_not_the_text(show):
    note = written(show, "Asha Rao brings a wheelchair")
    event = AuditEvent.objects.get(action="NOTE")
    assert (event.user, event.show, event.details) == (note.written_by, show, {"written": note.pk})
    assert "Asha" not in event.subject


def test_notes_of_another_theatre_are_neither_written_nor_removed(show):
    note, other = written(show), TheatreFactory()
    with pytest.raises(Show.DoesNotExist):
        write_note(theatre=other, show_id=show.pk, text="Hello", key="key 2", user=note.written_by)
    with pytest.raises(ShowNote.DoesNotExist):
        remove_note(theatre=other, note_id=note.pk, user=note.written_by)
    assert ShowNote.objects.get().removed_at is None


def test_a_note_that_two_remove_was_removed_by_the_first(show):
    note, first, second = written(show), staff(show.screen.theatre, MANAGER), staff(show.screen.theatre, MANAGER)
    for user in (first, second):
        remove_note(theatre=show.screen.theatre, note_id=note.pk, user=user)
    assert ShowNote.objects.get().removed_by == first


def test_a_draft_is_deleted_with_its_notes(show):
    planned = draft(show.screen)
    written(planned)
    delete_show(theatre=show.screen.theatre, show_id=planned.pk, user=None)
    assert not ShowNote.objects.exists()
