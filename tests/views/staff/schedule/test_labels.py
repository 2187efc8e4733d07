"""Labels of several shows at once."""

import pytest
from django.urls import reverse

from cinema.models import AuditEvent, Show
from cinema.services.schedule.publishing import publish_shows
from tests.factories import MANAGER, draft, sold, staff
from tests.views.browsers import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, theatre):
    client.force_login(staff(theatre, MANAGER, name="Mira"))
    return client


@pytest.fixture
def shows(screen, card) -> list[Show]:
    first = draft(screen, card, labels=" open-captions ")
    return [first, draft(screen, card, starts_at=first.ends_at)]


def url(show: Show) -> str:
    return f"{reverse('staff-schedule-labels', args=['here'])}?day={show.trading_day}"


def said(*shows: Show, **fields: object) -> dict[str, object]:
    return {"shows": [show.pk for show in shows], "how": "add", "labels": ["premiere"], "label_note": ""} | fields


def labels() -> list[str]:
    return list(Show.objects.order_by("starts_at").values_list("labels", flat=True))


def test_chosen_shows_get_labels_beside_their_own_each_with_its_history(manager, shows):
    page = manager.get(url(shows[0]))
    assert page.content.decode().count('name="shows"') == 2

    answer = manager.post(url(shows[0]), said(*shows, label_note="In 35 mm"), follow=True)

    assert "2 shows have been changed." in text(answer)
    assert labels() == [" open-captions premiere ", " premiere "]
    assert set(Show.objects.values_list("label_note", "version")) == {("In 35 mm", 1)}
    assert {event.show_id for event in AuditEvent.objects.filter(action="SHOW")} == {show.pk for show in shows}


def test_a_note_for_many_comes_with_its_translations(manager, shows):
    Show.objects.update(label_note="In 35 mm", label_note_translations={"de": "Auf 35 mm"})
    manager.post(url(shows[0]), said(*shows, labels=[], label_note_ar="بنسخة 35 مم"))
    both = {"de": "Auf 35 mm", "ar": "بنسخة 35 مم"}
    assert [show.label_note_translations for show in Show.objects.all()] == [both, both]

    manager.post(url(shows[0]), said(shows[0], label_note="With the director", label_note_fr="Avec la réalisatrice"))
    assert Show.objects.get(pk=shows[0].pk).label_note_translations == {"fr": "Avec la réalisatrice"}
    assert Show.objects.get(pk=shows[1].pk).label_note == "In 35 mm"


def test_labels_are_taken_away_and_the_note_stays(manager, shows):
    Show.objects.update(labels=" premiere members ", label_note="In 35 mm")
    manager.post(url(shows[0]), said(shows[1], how="remove"))

    assert labels() == [" premiere members ", " members "]
    assert set(Show.objects.values_list("label_note", flat=True)) == {"In 35 mm"}


def test_a_sold_show_keeps_its_captions_and_the_page_says_so(manager, theatre, shows):
    Show.objects.update(labels=" open-captions ")
    publish_shows(theatre=theatre, show_ids=[show.pk for show in shows], user=None)
    sold(shows[0], "A1")

    answer = manager.post(url(shows[0]), said(*shows, how="remove", labels=["open-captions"]), follow=True)

    assert "1 show has been changed. 1 show stays as it is:" in text(answer)
    assert labels() == [" open-captions ", ""]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"labels": []}, "Please choose at least one label, or write a note."),
        ({"shows": []}, "Please choose at least one show."),
        ({"how": "shuffle"}, "shuffle"),
    ],
)
def test_what_is_missing_is_said_and_the_choice_stays(manager, shows, fields, sentence):
    answer = manager.post(url(shows[0]), said(*shows, **fields))

    assert (answer.status_code, sentence in text(answer)) == (400, True)
    assert answer.content.decode().count(f'value="{shows[0].pk}"') == 1
    assert labels() == [" open-captions ", ""]
