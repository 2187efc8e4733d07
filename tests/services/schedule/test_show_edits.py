"""Changing and deleting shows: drafts freely, and never what a buyer has chosen."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cinema.exceptions import (
    EditConflict,
    FilmRetired,
    NeverOnSale,
    Overlap,
    PriceMissing,
    ScreenClosed,
    ShowHasHistory,
    ShowNotEditable,
    ShowSold,
    TimeInThePast,
)
from cinema.models import AuditEvent, Movie, PriceAdjustment, Screen, SeatEvent, Show, ShowLabel, ShowSeat
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.money.settlement import settle_payment
from cinema.services.schedule.show_edits import Slot, delete_drafts, delete_show, edit_show, reschedule_show
from tests.factories import (
    MovieFactory,
    ScreenFactory,
    TheatreFactory,
    UserFactory,
    booked,
    cancelled,
    draft,
    held,
    lapsed,
    past,
    price_card,
    put_off_sale,
    report,
    sold,
    ticket_of,
    waiting,
)
from tests.services.schedule.test_publishing import publish

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def theatre():
    return TheatreFactory()


@pytest.fixture
def screen(theatre):
    return ScreenFactory(theatre=theatre, name="One", plan="aa\naa")


@pytest.fixture
def card(theatre, screen):
    return price_card(theatre, adult=250)


@pytest.fixture
def show(screen, card):
    return draft(screen, card)


@pytest.fixture
def published(show):
    return publish(show)[0]


def edit(show, seen=None, user=None, **changes):
    theatre = show.screen.theatre
    seen = Show.objects.get(pk=show.pk).version if seen is None else seen
    return edit_show(theatre=theatre, show_id=show.pk, seen=seen, user=user, changes=changes)


def later(show, by=HOUR):
    return edit(show, starts_at=show.starts_at + by)


def test_a_published_show_keeps_the_start_that_was_announced(published):
    first = published.starts_at

    assert later(published).moved_from == first
    assert later(published, 2 * HOUR).moved_from == first  # not one that nobody may have seen
    assert edit(published, trailers=5).moved_from == first
    assert Show.objects.get(pk=published.pk).moved_from == first
    assert edit(published, starts_at=first).moved_from is None
    assert later(published).moved_from == first
    assert edit(published, movie=MovieFactory(runtime=published.movie.runtime)).moved_from is None


def test_a_draft_was_announced_to_nobody(show):
    assert later(show).moved_from is None


def test_a_moved_show_takes_its_end_its_day_and_the_end_of_its_sale_along(show):
    edit(show, sales_cutoff=30)
    moved = later(show, timedelta(days=1, hours=1))

    moved.refresh_from_db()
    assert moved.starts_at == show.starts_at + timedelta(hours=25)
    assert moved.ends_at - moved.starts_at == show.ends_at - show.starts_at
    assert moved.trading_day == show.trading_day + timedelta(days=1)
    assert moved.sales_end_at == moved.starts_at - timedelta(minutes=30)


def test_a_longer_film_keeps_the_screen_longer(show):
    edited = edit(show, movie=MovieFactory(runtime=180), turnaround=30)

    assert edited.ends_at == show.starts_at + timedelta(minutes=15 + 180 + 30)


def test_a_draft_moves_to_another_screen(show, theatre):
    other = ScreenFactory(theatre=theatre)

    moved = reschedule_show(theatre=theatre, show_id=show.pk, slot=Slot(other, show.starts_at), seen=0, user=None)

    assert (moved.screen, moved.starts_at, moved.version) == (other, show.starts_at, 1)


def test_a_show_cannot_move_onto_another(show, screen):
    other = draft(screen, starts_at=show.ends_at)

    with pytest.raises(Overlap) as refusal:
        later(show, timedelta(minutes=1))
    assert refusal.value.show == other
    show.refresh_from_db()
    assert show.version == 0


def test_a_show_may_move_to_where_it_overlaps_only_itself(show):
    assert later(show, timedelta(minutes=5)).version == 1


def test_the_second_of_two_managers_sees_what_the_first_changed(show, theatre):
    other = ScreenFactory(theatre=theatre, name="Two")
    edit(show, user=UserFactory(name="Asha"), screen=other, trailers=20)

    with pytest.raises(EditConflict, match="Asha changed this") as refusal:
        edit(show, seen=0, starts_at=show.starts_at + HOUR)
    assert "screen from “One” to “Two”" in str(refusal.value)
    assert "trailers from “15” to “20”" in str(refusal.value)
    edit(show, seen=refusal.value.version, starts_at=show.starts_at + HOUR)


def test_saving_without_a_change_changes_nothing(show):
    edited = edit(show, trailers=show.trailers, screen=show.screen)

    assert edited.version == 0
    assert not AuditEvent.objects.exists()


def test_an_unsold_published_show_is_moved_and_repriced(published, card):
    PriceAdjustment.objects.create(card=card, name="late", from_time="18:00", amount=Decimal("20.50"))

    moved = later(published)

    moved.refresh_from_db()
    assert {(seat.price, seat.tariff_id) for seat in moved.seats.all()} == {(Decimal("270.50"), moved.tariff_id)}
    assert moved.revision == 0


def test_a_published_show_on_another_screen_gets_that_ones_seats(published, theatre):
    other = ScreenFactory(theatre=theatre, plan="a")

    edit(published, screen=other)

    published.refresh_from_db()
    assert [seat.seat.screen for seat in published.seats.all()] == [other]
    assert (published.seats_total, published.seats_free) == (1, 1)


def test_a_published_show_cannot_come_to_a_screen_its_card_has_no_price_for(published, theatre):
    other = ScreenFactory(theatre=theatre, plan="ab")

    with pytest.raises(PriceMissing, match="Premium"):
        edit(published, screen=other)
    assert published.seats.count() == 4


def test_a_published_show_keeps_a_card(published):
    with pytest.raises(PriceMissing):
        edit(published, price_card=None)


@pytest.mark.parametrize("change", ["starts_at", "movie", "format", "screen"])
def test_what_a_buyer_chose_a_show_by_stays_once_seats_are_sold(published, theatre, change):
    sold(published, "A1 A2")
    values = {
        "starts_at": published.starts_at + HOUR,
        "movie": MovieFactory(),
        "format": "IMAX",
        "screen": ScreenFactory(theatre=theatre),
    }

    with pytest.raises(ShowSold, match="2 seats are sold"):
        edit(published, **{change: values[change]})


def test_a_show_with_held_seats_is_not_deleted(published):
    held(published, "A1")

    with pytest.raises(ShowSold, match="Someone is buying seats for this show at the moment"):
        later(published)


def test_a_hold_that_ran_out_keeps_a_show_from_its_day_and_screen_only(published, theatre):
    lapsed(held(published, "A1"))

    assert later(published).version == 2
    with pytest.raises(ShowHasHistory):
        edit(published, screen=ScreenFactory(theatre=theatre))
    published.refresh_from_db()
    assert unexplained_seats(published) == []


def test_trailers_cleaning_and_the_end_of_the_sale_may_change_after_a_sale(published):
    sold(published, "A1")

    edited = edit(published, trailers=10, turnaround=20, sales_cutoff=45)

    assert edited.ends_at == published.ends_at
    assert edited.sales_end_at == published.starts_at - timedelta(minutes=45)


def test_what_is_history_stays(published, show):
    with pytest.raises(ShowNotEditable, match="has started"):
        edit(past(published), trailers=3)
    with pytest.raises(ShowNotEditable, match="was cancelled"):
        edit(cancelled(published), trailers=3)


def test_nothing_moves_to_what_is_over_retired_or_closed(show, theatre):
    now = timezone.now()
    closed = ScreenFactory(theatre=theatre)
    Screen.objects.filter(pk=closed.pk).update(retired_at=now)  # since somebody looked
    for error, change in [
        (TimeInThePast, {"starts_at": now - HOUR}),
        (FilmRetired, {"movie": MovieFactory(retired_at=now)}),
        (ScreenClosed, {"screen": closed}),
        (NeverOnSale, {"sales_start_at": show.starts_at}),
    ]:
        with pytest.raises(error):
            edit(show, **change)


def test_a_show_of_another_theatre_is_not_found(show):
    with pytest.raises(Show.DoesNotExist):
        edit_show(theatre=TheatreFactory(), show_id=show.pk, seen=0, user=None, changes={"trailers": 1})
    with pytest.raises(Show.DoesNotExist):
        delete_show(theatre=TheatreFactory(), show_id=show.pk, user=None)


def test_drafts_and_untouched_shows_are_deleted_and_recorded(published, screen):
    delete_show(theatre=screen.theatre, show_id=published.pk, user=None)

    assert not Show.objects.exists()
    assert not ShowSeat.objects.exists()
    event = AuditEvent.objects.order_by("-pk").first()
    assert event.details["deleted"]["screen"] == "One"


@pytest.mark.parametrize("touch", [lambda show: sold(show, "A1"), lambda show: lapsed(held(show, "A1")), cancelled])
def test_a_show_with_a_past_is_never_deleted(published, touch):
    touch(published)

    with pytest.raises(ShowHasHistory, match="or cancel it"):
        delete_show(theatre=published.screen.theatre, show_id=published.pk, user=None)
    assert published.seats.count() == 4


def test_a_show_with_a_waiting_list_is_not_deleted(published):
    published.seats.update(status=ShowSeat.Status.BLOCKED)
    Show.objects.update(seats_free=0)
    waiting(published)

    with pytest.raises(ShowHasHistory):
        delete_show(theatre=published.screen.theatre, show_id=published.pk, user=None)


def test_many_drafts_are_deleted_at_once_and_published_shows_stay(published, screen):
    drafts = [draft(screen, days=n) for n in (5, 6)]
    ids = [show.pk for show in [published, *drafts]]

    assert delete_drafts(theatre=screen.theatre, show_ids=ids, user=None) == 2
    assert delete_drafts(theatre=screen.theatre, show_ids=ids, user=None) == 0
    assert list(Show.objects.all()) == [published]


def test_a_show_with_only_blocked_seats_is_moved_and_blocked_again(published, screen):
    first = published.seats.select_related("seat").first()
    day = published.trading_day
    put_off_sale(screen=screen, seat_ids=[first.seat_id], kind="BROKEN", from_day=day, until_day=day)

    later(published, timedelta(days=1))

    first.refresh_from_db()
    published.refresh_from_db()
    assert (published.trading_day, first.status) == (day + timedelta(days=1), ShowSeat.Status.AVAILABLE)
    assert list(SeatEvent.objects.values_list("action", flat=True)) == ["BLOCK", "UNBLOCK"]
    assert unexplained_seats(published) == []
    with pytest.raises(ShowHasHistory, match="have been blocked"):
        delete_show(theatre=screen.theatre, show_id=published.pk, user=None)


def test_a_show_that_gets_another_film_lasts_as_long_as_that_does_now(show):
    film = MovieFactory(runtime=90)
    Movie.objects.filter(pk=film.pk).update(runtime=150)

    edited = edit(show, movie=film)

    assert edited.ends_at - edited.starts_at == timedelta(minutes=150 + edited.trailers + edited.turnaround)


def test_a_late_payment_for_a_rescheduled_show_is_refunded(published):
    payment = booked(published, "A1")
    lapsed(ticket_of(payment).hold)
    later(published)

    settle_payment(report=report(payment))

    ticket_of(payment).refresh_from_db()
    assert (ticket_of(payment).status, payment.refunds.get().reason) == ("EXPIRED", "SEATS_GONE")
    assert unexplained_seats(Show.objects.get(pk=published.pk)) == []


def test_labels_and_their_note_are_saved_and_kept_in_the_history(show):
    edit(show, labels=" open-captions premiere ", label_note="With the director")

    show.refresh_from_db()
    assert (show.labels, show.label_note) == (" open-captions premiere ", "With the director")
    changes = AuditEvent.objects.latest("pk").details["changes"]
    assert changes == {"labels": ["", "open-captions, premiere"], "label_note": ["", "With the director"]}


def test_translations_of_the_note_are_saved_and_kept_in_the_history(show):
    edit(show, label_note="With the director", label_note_translations={"de": "Mit der Regie"})

    show.refresh_from_db()
    assert show.label_note_translations == {"de": "Mit der Regie"}
    changes = AuditEvent.objects.latest("pk").details["changes"]
    assert changes["label_note_translations"] == [{}, {"de": "Mit der Regie"}]


def test_an_access_label_cannot_be_taken_from_a_show_that_is_sold(published, theatre):
    edit(published, labels=" open-captions premiere ")
    sold(published, "A1")

    with pytest.raises(ShowSold):
        edit(published, labels=" premiere ")
    edited = edit(published, labels=" open-captions strobe ")

    assert edited.shown_labels == (ShowLabel.OPEN_CAPTIONS, ShowLabel.STROBE)


def test_a_show_that_lost_an_access_label_is_another_offer(published):
    kept = edit(published, labels=" hearing-loop preview ").offer_version
    assert edit(published, labels=" hearing-loop ").offer_version == kept
    assert edit(published, labels="").offer_version == kept + 1
