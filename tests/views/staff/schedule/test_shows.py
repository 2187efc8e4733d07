"""One show of the plan: its form, its move by hand, its end."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.models import Show
from cinema.services.schedule.publishing import publish_shows
from cinema.services.schedule.show_edits import edit_show
from tests.factories import (
    MANAGER,
    MovieFactory,
    ShowFactory,
    UserFactory,
    cancelled,
    draft,
    past,
    sold,
    staff,
)
from tests.views.browsers import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(screen, card):
    return draft(screen, card, movie=MovieFactory(title="Sholay"))  # at 17:30 in Kolkata


@pytest.fixture
def manager(client, theatre):
    client.force_login(staff(theatre, MANAGER, name="Mira"))
    return client


def url(name, show):
    return reverse(f"staff-schedule-{name}", args=["here", show.pk])


def said(show, **fields):
    names = ("movie", "screen", "language", "price_card")
    plain = {name: getattr(show, f"{name}_id") or "" for name in names}
    plain |= {"day": show.trading_day, "at": "17:30", "format": show.format, "version": show.version}
    return plain | {"trailers": 15, "turnaround": 15, "sales_cutoff": 0} | fields


def moving(show, **fields):
    return {"day": show.trading_day, "at": "18:05", "screen": show.screen_id, "version": show.version} | fields


def test_the_form_has_the_whole_plan_and_saves_it(manager, show):
    page = manager.get(url("show", show))
    assert 'value="17:30"' in page.content.decode()

    answer = manager.post(url("show", show), said(show, at="19:00", trailers=10, sales_cutoff=20), follow=True)

    assert "Saved." in text(answer)
    show.refresh_from_db()
    assert (show.starts_at.hour, show.starts_at.minute, show.trailers) == (13, 30, 10)
    assert show.sales_end_at == show.starts_at - timedelta(minutes=20)


def test_the_note_is_written_in_each_language(manager, show):
    Show.objects.update(label_note_translations={"it": "In pellicola"})  # which is not offered, and stays
    manager.post(url("show", show), said(show, label_note="In 35 mm", label_note_de="Auf 35 mm"))

    show.refresh_from_db()
    assert show.label_note_translations == {"de": "Auf 35 mm", "it": "In pellicola"}
    assert 'value="Auf 35 mm"' in manager.get(url("show", show)).content.decode()


def test_labels_are_ticked_and_a_note_is_written_beside_them(manager, show):
    manager.post(url("show", show), said(show, labels=["strobe", "audio-description"], label_note="  In\n35 mm "))

    show.refresh_from_db()
    assert (show.labels, show.label_note) == (" audio-description strobe ", "In 35 mm")
    page = manager.get(url("show", show)).content.decode()
    assert re.findall(r'value="([\w-]+)"[^>]* checked', page) == ["audio-description", "strobe"]
    planner = manager.get(reverse("staff-schedule", args=["here"]), {"day": show.trading_day})
    assert "Audio description · Flashing lights · In 35 mm" in planner.content.decode()


def test_an_unknown_label_is_refused(manager, show):
    assert manager.post(url("show", show), said(show, labels=["smell-o-vision"])).status_code == 400


def test_what_was_opened_and_saved_unchanged_is_as_before(manager, show):
    manager.post(url("show", show), said(show))

    after = Show.objects.get(pk=show.pk)
    assert (after.starts_at, after.version) == (show.starts_at, 0)


def test_a_sale_begins_on_the_clock_of_the_theatre(manager, show):
    day = show.trading_day - timedelta(days=1)
    manager.post(url("show", show), said(show, sales_start_at=f"{day}T10:00"))

    show.refresh_from_db()
    assert (show.sales_start_at.hour, show.sales_start_at.minute) == (4, 30)
    assert f'value="{day}T10:00"' in manager.get(url("show", show)).content.decode()


def test_an_overlap_is_shown_and_the_input_is_kept(manager, show, screen):
    draft(screen, starts_at=show.starts_at + timedelta(hours=3), movie=MovieFactory(title="Himalaya"))

    answer = manager.post(url("show", show), said(show, at="19:45", trailers=7))

    assert answer.status_code == 409
    assert "“Himalaya” is already on One from 20:30 to" in text(answer)
    assert 'value="19:45"' in answer.content.decode()


def test_the_second_of_two_managers_gets_a_conflict_and_may_still_save(manager, show, theatre):
    asha = UserFactory(name="Asha")
    edit_show(theatre=theatre, show_id=show.pk, seen=0, user=asha, changes={"trailers": 25})

    told = manager.post(url("show", show), said(show, at="19:00"))
    assert told.status_code == 409
    assert "Asha changed this" in text(told)
    assert "trailers from “15” to “25”" in text(told)
    assert 'name="version" value="1"' in told.content.decode()
    manager.post(url("show", show), said(show, at="19:00", version=1))

    show.refresh_from_db()
    assert (show.trailers, show.starts_at.hour) == (15, 13)


def test_of_a_sold_show_what_buyers_chose_is_shut_and_the_rest_can_be_saved(manager, show, theatre):
    publish_shows(theatre=theatre, show_ids=[show.pk], user=None)
    sold(show, "A1")
    page = manager.get(url("show", show))
    assert "1 seat is sold, so the film, day, time, screen and price card cannot be changed." in text(page)

    manager.post(url("show", show), {"version": 1, "trailers": 5, "turnaround": 15, "sales_cutoff": 30, "at": "23:00"})

    after = Show.objects.get(pk=show.pk)
    assert (after.starts_at, after.trailers) == (show.starts_at, 5)


def test_a_cancelled_show_has_no_form(manager, show):
    page = manager.get(url("show", cancelled(show)))

    assert "Save" not in text(page)


@pytest.mark.parametrize(
    "change",
    [
        {"at": "25.99"},
        {"day": ""},
        {"version": "x"},
        {"movie": ""},
        {"screen": "77"},
        {"turnaround": "-1"},
        {"at": "\x00"},
    ],
)
def test_what_cannot_be_read_is_said(manager, show, change):
    answer = manager.post(url("show", show), said(show) | change)

    assert answer.status_code == 400
    assert Show.objects.get().version == 0


def test_a_show_of_another_theatre_is_not_found(manager, show):
    elsewhere = ShowFactory()

    for name in ("show", "move", "delete", "unpublish"):
        assert manager.post(url(name, elsewhere), moving(elsewhere)).status_code == 404
    assert manager.get(url("show", elsewhere)).status_code == 404


# --- By hand -------------------------------------------------------------------------------------


def test_a_move_answers_with_the_day_as_it_is_now(manager, show):
    answer = manager.post(url("move", show), moving(show, shown=show.trading_day), headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "18:05 Sholay" in text(answer)
    assert "“Sholay” is on One at 18:05" in text(answer)
    assert f'id="day-{show.trading_day}"' in answer.content.decode()
    assert 'data-version="1"' in answer.content.decode()


def test_a_move_to_another_day_answers_with_both(manager, show):
    other = show.trading_day + timedelta(days=1 if show.trading_day.weekday() != 3 else -1)  # of the film week
    answer = manager.post(url("move", show), moving(show, day=other, shown=show.trading_day))

    assert answer.content.decode().count('class="plan-day"') == 2


def test_a_rejected_move_returns_the_reason_and_the_present_days(manager, show, theatre):
    publish_shows(theatre=theatre, show_ids=[show.pk], user=None)
    sold(show, "A1")

    answer = manager.post(url("move", show), moving(show, version=1, shown=show.trading_day))

    assert answer.status_code == 409
    assert "1 seat is sold. Before you change this show" in text(answer)
    assert "17:30 Sholay" in text(answer)


@pytest.mark.parametrize(
    "change", [{"at": "x"}, {"screen": "0"}, {"version": ""}, {"day": "soon"}, {"version": "9" * 30}]
)
def test_a_move_that_cannot_be_read_is_refused(manager, show, change):
    answer = manager.post(url("move", show), moving(show) | change)

    assert answer.status_code == 400
    assert Show.objects.get().version == 0


def test_a_move_based_on_an_outdated_version_is_rejected(manager, show):
    manager.post(url("move", show), moving(show))

    assert manager.post(url("move", show), moving(show, at="19:00")).status_code == 409


# --- The end -------------------------------------------------------------------------------------


def test_a_draft_is_deleted(manager, show):
    answer = manager.post(url("delete", show), follow=True)

    assert "“Sholay” has been deleted from the schedule." in text(answer)
    assert not Show.objects.exists()


def test_a_sold_show_is_not_deleted_and_the_page_shows_the_reason(manager, show, theatre):
    publish_shows(theatre=theatre, show_ids=[show.pk], user=None)
    sold(show, "A1")

    for name in ("delete", "unpublish"):
        answer = manager.post(url(name, show))
        assert answer.status_code == 409
        assert "have been held, sold or blocked" in text(answer)
    assert Show.objects.get().status == Show.Status.SCHEDULED


def test_a_show_without_holds_becomes_a_draft_again(manager, show, theatre):
    publish_shows(theatre=theatre, show_ids=[show.pk], user=None)

    assert "is a draft again" in text(manager.post(url("unpublish", show), follow=True))
    assert Show.objects.get().status == Show.Status.DRAFT


def test_what_has_begun_cannot_be_changed(manager, show, theatre):
    publish_shows(theatre=theatre, show_ids=[show.pk], user=None)
    past(Show.objects.get())

    answer = manager.post(url("show", show), said(show, version=1, trailers=3, day=date(2027, 1, 1)))

    assert "has started" in text(answer)


def test_a_screen_that_was_closed_is_still_named_by_its_show(manager, show, screen):
    screen.retired_at = timezone.now()
    screen.save()

    assert f'<option value="{screen.pk}" selected' in manager.get(url("show", show)).content.decode()
