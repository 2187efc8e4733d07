"""How the site and theatres present themselves: changed as a whole, or not at all."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from cinema.exceptions import EditConflict, PictureUnusable
from cinema.models import Appearance, AuditEvent
from cinema.selectors.halls.appearances import look_of
from cinema.services.halls import appearances
from cinema.services.halls.appearances import TEXTS, change_appearance
from tests.factories import TheatreFactory, UserFactory
from tests.pictures import picture

pytestmark = pytest.mark.django_db
NOTHING = dict.fromkeys(TEXTS, "") | {"announced_until": None}


@pytest.fixture
def kept(settings, tmp_path):
    """The names of the stored logos."""
    settings.MEDIA_ROOT = tmp_path
    return lambda: sorted(path.name for path in Path(tmp_path, "logos").glob("*"))


def change(theatre=None, version=0, logos=(), **texts) -> Appearance:
    return change_appearance(
        theatre=theatre, version=version, texts=NOTHING | texts, logos=dict(logos), user=UserFactory()
    )


def test_a_change_is_in_the_audit_trail_with_what_it_changed(kept):
    theatre = TheatreFactory()

    change(theatre, accent="#00695c")

    event = AuditEvent.objects.get()
    assert (event.action, event.theatre_id) == ("APPEARANCE", theatre.pk)
    assert event.details["changes"] == {"accent": ["", "#00695c"]}


def test_a_change_of_nothing_is_none(kept):
    change(name="Rex")
    change(version=1, name="Rex")

    assert Appearance.objects.get().version == AuditEvent.objects.count() == 1


def test_the_site_and_each_theatre_have_one_appearance(kept):
    theatre = TheatreFactory()
    for place in (None, theatre):
        change(place, name="First")
        change(place, version=1, name="Second")

    assert list(Appearance.objects.values_list("name", flat=True)) == ["Second", "Second"]


def test_nobody_overwrites_a_change_they_have_not_seen(kept):
    change(name="Rex")

    with pytest.raises(EditConflict) as refused:
        change(name="Roxy", logos={"logo": picture()})

    assert [(one.before, one.after) for one in refused.value.changes] == [("", "Rex")]
    assert (Appearance.objects.get().name, kept()) == ("Rex", [])


@pytest.mark.both
def test_of_two_first_changes_at_once_one_is_refused(kept, monkeypatch):
    change(name="Rex")
    monkeypatch.setattr(appearances, "appearance_of", lambda theatre: Appearance(theatre=theatre))  # read too early

    with pytest.raises(EditConflict):
        change(name="Roxy")

    assert Appearance.objects.get().name == "Rex"


def test_a_logo_becomes_a_small_png_under_a_random_name(kept):
    saved = change(logos={"logo": picture(1600, 400, kind="WEBP")})

    [name] = kept()
    assert saved.logo.name == f"logos/{name}"
    stored = Image.open(BytesIO(saved.logo.read()))
    assert (stored.format, stored.size) == ("PNG", (800, 200))


def test_a_logo_that_is_left_out_stays_and_the_old_file_goes(kept, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = change(logos={"logo": picture(), "logo_on_light": picture()})
        second = change(version=1, logos={"logo": picture()})
        third = change(version=2, logos={"logo": None})

    assert first.logo.name != second.logo.name
    assert (third.logo.name, third.logo_on_light.name) == ("", first.logo_on_light.name)
    assert kept() == [first.logo_on_light.name.removeprefix("logos/")]


def test_what_is_no_picture_changes_nothing(kept):
    with pytest.raises(PictureUnusable):
        change(name="Rex", logos={"logo": picture(), "logo_on_light": BytesIO(b"<svg/>")})

    assert (Appearance.objects.count(), kept()) == (0, [])


def test_the_process_that_saved_shows_it_at_once(kept, appearances_are_read, monkeypatch):
    monkeypatch.setattr("cinema.selectors.halls.appearances.appearances.fresh_for", 10)
    assert look_of(None).name == "Cinema"

    change(name="Rex")

    assert look_of(None).name == "Rex"
