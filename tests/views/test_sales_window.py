"""Shows before and after their sale, and drafts, as moviegoers find them: not at all."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cinema.models import Show
from tests.factories import ShowFactory, listed, seat_ids
from tests.views.browsers import text

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def show():
    return ShowFactory(movie__title="Sholay")


def change(show, **fields):
    Show.objects.filter(pk=show.pk).update(**fields)
    return show


def test_before_its_sale_a_show_has_the_start_of_the_sale_and_no_map(client, show):
    change(show, sales_start_at=timezone.now() + HOUR)

    page = client.get(show.get_absolute_url())

    assert "Seats for this show can be booked from" in text(page)
    assert 'id="seat-map"' not in page.content.decode()


def test_after_the_cut_off_a_notice_ends_online_sales(client, show):
    change(show, sales_end_at=timezone.now() - HOUR)

    assert "Online sales for this show have ended" in text(client.get(show.get_absolute_url()))


def test_the_programme_says_when_a_sale_begins_and_when_it_is_over(client, show):
    change(show, sales_start_at=timezone.now() + HOUR)
    assert "on sale from" in text(client.get("/"))

    change(show, sales_start_at=None, sales_end_at=timezone.now() - HOUR)
    assert "online sales over" in text(client.get("/"))


@pytest.mark.parametrize(
    "path",
    ["/shows/{pk}/", "/shows/{pk}/seats/", "/api/shows/{pk}/"],
)
def test_a_draft_is_not_found(client, show, path):
    change(show, status=Show.Status.DRAFT)

    response = client.get(path.format(pk=show.pk))

    assert response.status_code == 404
    assert b"Sholay" not in response.content


def test_seats_of_a_draft_are_not_found_either(client, show):
    ids = seat_ids(show, "A1")
    change(show, status=Show.Status.DRAFT)

    assert client.post(f"/shows/{show.pk}/hold/", {"seats": ids}).status_code == 404
    assert client.post(f"/shows/{show.pk}/best/", {"party": 2}).status_code == 404
    assert client.post(f"/shows/{show.pk}/waiting/", {"email": "a@example.org", "party": 2}).status_code == 404


def test_no_page_and_no_list_has_drafts(client):
    draft = listed(status=Show.Status.DRAFT)
    theatre = draft.screen.theatre

    for path in ("/", "/api/movies/", draft.movie.get_absolute_url(), theatre.get_absolute_url(), "/?q=Film"):
        assert f"/shows/{draft.pk}/" not in client.get(path).content.decode()
