"""The details of audit events are a record: when every key in them is renamed, whatever decides decides the same."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.exceptions import EditConflict, OrderChanged, UploadExpired
from cinema.models import Refund, SeatBlock, ShowSeat
from cinema.selectors.films.films import import_report
from cinema.services.booking.blocks import apply_all_due_blocks, release_house_seats
from cinema.services.booking.expiry import release_expired
from cinema.services.films.film_uploads import import_upload, keep_upload, report_of
from cinema.services.films.films import edit_film, facts_of
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.orders import give_goodwill
from cinema.services.orders.staff_actions import RequestedAction
from cinema.services.schedule.show_edits import edit_show
from tests.factories import (
    MovieFactory,
    ShowFactory,
    UserFactory,
    booked,
    lapsed,
    put_off_sale,
    report,
    seat,
    sold,
    ticket_of,
)
from tests.trail import rename_details

pytestmark = pytest.mark.django_db


def test_released_house_seats_stay_on_sale():
    show = ShowFactory(screen__rows=1, screen__columns=2)
    house = SeatBlock.Kind.HOUSE
    block = put_off_sale(screen=show.screen, seat_ids=[seat(show, "A1").seat_id], kind=house, from_day=show.trading_day)
    tomorrow = ShowFactory(screen=show.screen, starts_at=show.starts_at + timedelta(days=1))
    release_house_seats(block=block, show_id=show.pk)

    assert rename_details()

    apply_all_due_blocks()
    assert release_house_seats(block=block, show_id=show.pk) == 0
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE
    assert seat(tomorrow, "A1").status == ShowSeat.Status.BLOCKED


@pytest.mark.parametrize(
    ("changes", "reason"), [({"starts_at": timedelta(hours=2)}, "SEATS_GONE"), ({"trailers": 5}, None)]
)
def test_late_money_is_refunded_only_if_the_show_changed_for_its_buyer(changes, reason):
    show = ShowFactory()
    payment = booked(show, "A1")
    lapsed(ticket_of(payment).hold)
    release_expired(show_id=show.pk)
    if "starts_at" in changes:
        changes = {"starts_at": show.starts_at + changes["starts_at"]}
    edit_show(theatre=show.screen.theatre, show_id=show.pk, seen=0, user=None, changes=changes)

    assert rename_details()

    assert settle_payment(report=report(payment)).refund_reason == reason


def test_an_uploaded_table_is_imported_once_and_its_report_stays(settings, tmp_path):
    settings.MEDIA_ROOT, manager = tmp_path, UserFactory()
    upload = keep_upload(name="films.csv", chunks=[b"Title,Runtime\nUp,96\nLost,\n"], user=manager)
    import_upload(upload=upload, user=manager, update=False)

    assert rename_details()

    report = import_report(report_of(upload=upload, user=manager).pk)
    assert (report.created, report.skipped_in_all, report.skipped) == (1, 1, [[3, "no runtime", "", "Lost"]])
    with pytest.raises(UploadExpired):
        import_upload(upload=upload, user=manager, update=False)


def test_a_second_click_of_staff_refunds_nothing_twice():
    ticket = sold(ShowFactory(), "A1")
    clicked = RequestedAction(UserFactory(), "it was cold", 0, "one form")
    give_goodwill(code=ticket.code, amount=Decimal(50), requested=clicked)

    assert rename_details()

    give_goodwill(code=ticket.code, amount=Decimal(50), requested=clicked)
    assert [refund.amount for refund in Refund.objects.all()] == [50]
    with pytest.raises(OrderChanged):
        give_goodwill(code=ticket.code, amount=Decimal(50), requested=clicked._replace(key="another form"))


def test_the_second_to_edit_a_film_sees_what_the_first_changed():
    movie, asha = MovieFactory(title="Up", runtime=96), UserFactory(name="Asha Rao")
    facts = facts_of(movie=movie)
    edit_film(movie_id=movie.pk, version=0, facts=replace(facts, runtime=98), user=asha)

    assert rename_details()

    with pytest.raises(EditConflict) as conflict:
        edit_film(movie_id=movie.pk, version=0, facts=replace(facts, runtime=99), user=UserFactory())
    [change] = conflict.value.changes
    assert (conflict.value.by, change.field, change.before, change.after) == ("Asha Rao", "runtime", "96", "98")
