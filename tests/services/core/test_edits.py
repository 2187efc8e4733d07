"""Two people editing the same object: the second sees the first one's change."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cinema.exceptions import EditConflict
from cinema.models import AuditEvent
from cinema.services.core.edits import check_version, note_edit
from tests.factories import MovieFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]
FILM = AuditEvent.Action.FILM


def edited(movie, user, **changes):
    """Let ``user`` change fields of the film: edited(movie, asha, title=("A", "B"))."""
    movie.version += 1
    movie.save()
    before = {field: value[0] for field, value in changes.items()}
    after = {field: value[1] for field, value in changes.items()}
    return note_edit(thing=movie, action=FILM, user=user, before=before, after=after)


def test_what_nobody_touched_can_be_saved():
    movie = MovieFactory(version=3)

    check_version(thing=movie, seen=3)


def test_the_second_sees_what_was_changed_and_by_whom():
    movie, asha = MovieFactory(), UserFactory(name="Asha Rao")
    edited(movie, asha, title=("A", "B"), runtime=(120, 130), year=(2024, 2024))

    with pytest.raises(EditConflict, match="Asha Rao changed this 0\xa0minutes ago") as refusal:
        check_version(thing=movie, seen=0)

    assert "title from “A” to “B”; runtime from “120” to “130”" in str(refusal.value)
    assert refusal.value.version == 1
    assert [change.field for change in refusal.value.changes] == ["title", "runtime"]


def test_several_changes_are_shown_as_one_and_undone_ones_not_at_all():
    movie, asha, bela = MovieFactory(), UserFactory(name="Asha"), UserFactory(name="Bela")
    edited(movie, asha, title=("A", "B"), runtime=(120, 130))
    edited(movie, bela, title=("B", "C"), runtime=(130, 120))

    with pytest.raises(EditConflict) as refusal:
        check_version(thing=movie, seen=0)

    assert refusal.value.by == "Bela"
    assert [(change.before, change.after) for change in refusal.value.changes] == [("A", "C")]


def test_seen_changes_and_those_of_other_objects_are_not_shown():
    movie, other = MovieFactory(), MovieFactory()
    edited(movie, UserFactory(), title=("A", "B"))
    edited(other, UserFactory(), title=("X", "Y"))
    edited(other, UserFactory(), title=("Y", "Z"))
    edited(movie, UserFactory(), runtime=(120, 130))

    with pytest.raises(EditConflict) as refusal:
        check_version(thing=movie, seen=1)

    assert [change.field for change in refusal.value.changes] == ["runtime"]


def test_it_is_shown_even_without_recorded_changes():
    movie = MovieFactory(version=2)

    with pytest.raises(EditConflict, match="Someone else has changed this"):
        check_version(thing=movie, seen=1)


def test_a_long_text_is_told_by_its_beginning():
    movie = MovieFactory()
    edited(movie, UserFactory(), synopsis=("", "x" * 5000)).at = timezone.now() - timedelta(minutes=3)

    with pytest.raises(EditConflict) as refusal:
        check_version(thing=movie, seen=0)

    assert len(str(refusal.value)) < 400
