"""``manage.py demo``, once it has loaded: two days instead of fourteen, few seats sold."""

import io
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count
from django.db.models.functions import Now
from django.utils import timezone
from PIL import Image

from cinema.demo import loader, sales
from cinema.demo.door import ticket_to_scan
from cinema.demo.films import COMING, FILMS
from cinema.demo.programme import films_in_week_of
from cinema.domain.seating.places import lone_companions, missing_halves
from cinema.models import Movie, PrivateHire, Screen, Seat, SeatEvent, Show, Theatre, Ticket, User
from cinema.selectors.booking.places import place_of
from cinema.selectors.figures.ledger import ledger_faults
from cinema.selectors.films.coming import coming_films

# The demo is on SQLite unless somebody sets DATABASE_URL.
pytestmark = [pytest.mark.django_db, pytest.mark.mainly("sqlite")]


def prepare() -> str:
    out = io.StringIO()
    call_command("demo", "--no-server", stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The output of loading a small demo, which is deleted after the tests of this file."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(loader, "DAYS", 2)
        patch.setattr(sales, "CROWDED", {("Roots", 1): 1.0})
        patch.setattr(sales, "BUSY", 0.05)
        yield prepare()
        transaction.set_rollback(True)


def everything() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in (Theatre, Screen, Movie, Show, Ticket, SeatEvent, User)}


def test_the_demo_is_three_theatres_in_two_cities_with_forty_films(loaded):
    assert Theatre.objects.count() == 3
    assert Theatre.objects.values("city").distinct().count() == 2
    assert Theatre.objects.values("time_zone").distinct().count() == 2
    assert len(FILMS) == 40
    assert Movie.objects.exclude(director="").exclude(synopsis="").exclude(cast=[]).count() == 40 + len(COMING)
    assert not Movie.objects.filter(languages=None).exists()
    assert not Movie.objects.filter(genres=None).exists()


def test_its_six_screens_differ_and_have_every_kind_of_seat(loaded):
    sizes = Screen.objects.annotate(size=Count("seats")).values_list("size", flat=True)
    assert len(sizes) == len(set(sizes)) == 6
    assert min(sizes) >= 60
    assert max(sizes) == 300
    for screen in Screen.objects.all():
        assert screen.seats.values("category").distinct().count() == 3
        assert set(screen.seats.values_list("kind", flat=True)) >= set(Seat.Kind.values) - {Seat.Kind.LOVE}
    assert Screen.objects.filter(seats__kind=Seat.Kind.LOVE).distinct().count() == 3


def test_what_is_called_a_love_seat_is_one(loaded):
    assert set(Seat.objects.filter(category__name="Love Seat").values_list("kind", flat=True)) == {Seat.Kind.LOVE}


def test_every_screen_has_shows_on_every_day(loaded):
    days = Show.objects.values("screen", "trading_day").annotate(number=Count("pk"))
    assert len(days) == 6 * 2
    assert all(4 <= day["number"] <= 7 for day in days)


def test_some_demo_shows_are_partly_sold_and_the_ledger_explains_every_seat(loaded):
    assert Show.objects.filter(seats_free=0).count() == 1
    assert Show.objects.filter(seats_free__gt=0, revision__gt=0).exists()
    assert set(Ticket.objects.values_list("status", flat=True)) == {Ticket.Status.CONFIRMED}
    assert list(ledger_faults(Show.objects.all())) == []


def test_it_names_a_ticket_to_scan_and_the_door_of_its_theatre(loaded):
    ticket = ticket_to_scan()
    assert ticket.get_absolute_url() in loaded
    assert f"/staff/theatres/{ticket.show.screen.theatre.slug}/door/" in loaded
    assert not Ticket.objects.filter(show__starts_at__gt=Now(), show__starts_at__lt=ticket.show.starts_at).exists()


def test_the_three_theatres_have_rules_of_their_own(loaded):
    assert sorted(Theatre.objects.values_list("single_seats", flat=True)) == ["ALLOW", "REFUSE", "WARN"]
    assert Theatre.objects.filter(carer_free=True).count() == 1


def test_love_seats_are_sold_whole_and_companion_seats_with_a_wheelchair_place(loaded):
    kinds = set()
    for ticket in Ticket.objects.prefetch_related("seats__show_seat__seat", "show__seats__seat"):
        chosen = [place_of(line.show_seat) for line in ticket.seats.all()]
        hall = [place_of(show_seat) for show_seat in ticket.show.seats.all()]
        kinds |= {place.kind for place in chosen}
        assert not missing_halves(hall, {place.pk for place in chosen})
        assert not lone_companions(chosen)
    assert kinds == set(Seat.Kind.values)


def test_of_the_demos_seats_only_the_moviegoer_gets_a_mail_the_reminder_of_tomorrow(loaded, mailoutbox):
    for _, call, _ in connection.run_on_commit:
        call()

    call_command("run_jobs", stdout=io.StringIO())
    assert [(mail.to, mail.subject.partition(":")[0]) for mail in mailoutbox] == [
        (["moviegoer@demo.example"], "Coming up")
    ]


def test_the_sign_ins_are_printed_and_work(loaded):
    for email, password, _ in (loader.MOVIEGOER, loader.OWNER):
        assert email in loaded
        assert password in loaded
        assert User.objects.get(email=email).check_password(password)
    assert User.objects.get(email="owner@demo.example").is_superuser
    assert User.objects.get(email="moviegoer@demo.example").orders.exists()


def test_two_films_are_announced_and_the_moviegoer_will_be_told_of_one(loaded):
    first, undated = coming_films()

    assert (first.title, undated.title) == ("Reel and Rain", "A Kite over Patan")
    assert first.release_date == timezone.now().date() + timedelta(days=18)
    assert [alert.email for alert in first.alerts.all()] == ["moviegoer@demo.example"]


def test_a_film_stays_announced_when_its_day_has_come(loaded):
    Movie.objects.filter(title="Reel and Rain").update(release_date=timezone.now().date())
    prepare()
    assert [film.title for film in coming_films()] == ["Reel and Rain", "A Kite over Patan"]


def test_a_coming_film_and_one_that_is_on_have_a_still(loaded):
    coming = Movie.objects.get(title="Reel and Rain")
    assert Movie.objects.exclude(still="").exclude(pk=coming.pk).get().shows.exists()
    with Image.open(coming.still) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1440, 810))
        assert len(picture.convert("RGB").getcolors(2**24)) > 3


def test_running_it_again_changes_nothing(loaded):
    before = everything()
    prepare()
    assert everything() == before


def test_the_next_day_it_tops_the_schedule_up_and_leaves_the_rest(loaded, monkeypatch):
    monkeypatch.setattr(loader, "DAYS", 3)
    shows = set(Show.objects.values_list("pk", "movie", "starts_at"))
    last = max(Show.objects.values_list("trading_day", flat=True))
    prepare()
    after = set(Show.objects.values_list("pk", "movie", "starts_at"))
    new = Show.objects.filter(pk__in={pk for pk, _, _ in after - shows})
    assert shows < after
    assert {show.trading_day for show in new} <= {last, last + timedelta(days=1)}


def test_what_staff_took_off_the_programme_stays_off(loaded):
    Show.objects.update(status=Show.Status.CANCELLED)
    before = everything()
    prepare()
    assert everything() == before


def test_the_films_in_programme_change_by_half_every_friday():
    films = list(range(40))
    thursday = films_in_week_of(date(2026, 11, 26), films)
    friday = films_in_week_of(date(2026, 11, 27), films)
    assert len(thursday) == len(set(thursday)) == 14
    assert len(set(thursday) & set(friday)) == 7
    assert films_in_week_of(date(2026, 12, 3), films) == friday


def test_a_school_has_hired_a_hall_before_its_first_show(loaded):
    [hire] = PrivateHire.objects.all()
    assert hire.price == 9000
    assert not Show.objects.filter(screen=hire.screen, starts_at__lt=hire.ends_at, ends_at__gt=hire.starts_at).exists()
