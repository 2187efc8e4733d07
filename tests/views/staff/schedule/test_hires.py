"""Private hires in the back office, and nowhere else."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.models import PrivateHire
from tests.factories import MANAGER, draft, listed, private_hire, staff
from tests.views.browsers import text

pytestmark = pytest.mark.django_db
LIST, ADD = (reverse(f"staff-schedule-{name}", args=["here"]) for name in ("hires", "hire-add"))


@pytest.fixture
def manager(client, theatre):
    client.force_login(staff(theatre, MANAGER, name="Mira"))
    return client


def said(screen, day: date, **fields: object) -> dict[str, object]:
    usual = {"occasion": "Birthday", "contact": "Asha <Rao>", "screen": screen.pk, "day": day.isoformat()}
    return usual | {"at": "20:00", "until": "00:30", "price": "1,500.50", "email": "asha@example.org"} | fields


def edit(hire: PrivateHire) -> str:
    return reverse("staff-schedule-hire", args=["here", hire.pk])


def day_of(theatre) -> date:
    return theatre.trading_day(timezone.now()) + timedelta(days=3)


def test_a_hire_is_entered_and_stands_in_the_schedule_and_the_list(manager, theatre, screen):
    day = day_of(theatre)
    answer = manager.post(ADD, said(screen, day), follow=True)

    hire = PrivateHire.objects.get()
    local = [f"{moment.astimezone(theatre.tz):%H:%M}" for moment in (hire.starts_at, hire.ends_at)]
    assert (local, hire.trading_day, hire.price) == (["20:00", "00:30"], day, Decimal("1500.5"))
    plan = answer.content.decode()
    assert f'id="hire-{hire.pk}"' in plan and 'data-at="1200" data-minutes="270"' in plan
    assert "Birthday –00:30 · private hire" in text(answer).replace("20:00 ", "")
    page = text(manager.get(LIST, {"year": day.year}))
    assert "20:00–00:30" in page and "₹1,500.50" in page and "Asha <Rao>" in page


def test_the_list_adds_up_the_prices_of_a_year(manager, screen):
    for days, price in ((0, 100), (1, 250)):
        private_hire(screen, after=timedelta(days=days), price=Decimal(price))
    PrivateHire.objects.update(trading_day=date(2031, 5, 1))

    assert "Total ₹350.00" in text(manager.get(LIST, {"year": 2031}))
    assert "No private hires in this year." in text(manager.get(LIST, {"year": 2032}))
    assert manager.get(LIST, {"year": "soon"}).status_code == 200


def test_a_hire_is_changed_moved_and_deleted(manager, theatre, screen):
    manager.post(ADD, said(screen, day_of(theatre)))
    hire = PrivateHire.objects.get()
    page = manager.get(edit(hire)).content.decode()
    assert 'value="20:00"' in page and 'value="00:30"' in page and "Asha &lt;Rao&gt;" in page

    manager.post(edit(hire), said(screen, day_of(theatre), at="19:00", version=0, note="A cake"))
    hire.refresh_from_db()
    assert (hire.starts_at.astimezone(theatre.tz).hour, hire.note, hire.version) == (19, "A cake", 1)
    stale = manager.post(edit(hire), said(screen, day_of(theatre), version=0))
    assert stale.status_code == 409

    manager.post(reverse("staff-schedule-hire-delete", args=["here", hire.pk]))
    assert not PrivateHire.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"at": "19:70"}, {"until": ""}, {"price": "-1"}, {"occasion": ""}, {"email": "x"}, {"note": "x" * 1001}]
)
def test_what_cannot_be_read_is_refused(manager, theatre, screen, wrong):
    assert manager.post(ADD, said(screen, day_of(theatre)) | wrong).status_code == 400
    assert not PrivateHire.objects.exists()


def test_a_taken_screen_and_an_end_before_the_start_are_told(manager, theatre, screen):
    show = draft(screen)
    clash = manager.post(ADD, said(screen, show.trading_day, at="06:00", until="23:00"))
    assert clash.status_code == 409
    assert f"“{show.movie}” is already on" in text(clash)
    assert "The end is before the start." in text(manager.post(ADD, said(screen, day_of(theatre), until="19:00")))


def test_guests_see_nothing_of_a_hire(client, theatre, screen):
    show = listed(theatre=theatre)
    private_hire(screen, occasion="Zqparty", contact="Zqname")
    slug = theatre.slug
    urls = [reverse("programme"), theatre.get_absolute_url(), show.movie.get_absolute_url(), show.get_absolute_url()]
    urls += [reverse(name) for name in ("showtimes-json", "new-films", "api-movies")]
    urls += [reverse(name, args=[slug]) for name in ("theatre-calendar", "theatre-showtimes-csv")]
    urls += [reverse("screen-calendar", args=[slug, screen.pk]), "/sitemap.xml"]
    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert not any(name in answer.content.decode().lower() for name in ("zqparty", "zqname")), url
