"""Trace of a booking: it shows what happened, and is cleaned up: trace.booking."""

from collections.abc import Iterable

import pytest

from cinema.models import Hold, OutgoingMail, Refund, SeatEvent, Show, ShowSeat, Ticket
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.trace.booking import CannotTrace, watch_booking, watch_refusal
from cinema.trace.recorder import Call, RecordedStatement
from tests.factories import on_card

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    return on_card(plan="aaaaaaaa\naaaaaaaa", adult=250, child=150)


@pytest.fixture
def story(show):
    return watch_booking(host="testserver")


def calls(chapter):
    return [one for _depth, one in chapter.lines if isinstance(one, Call)]


def steps(chapter):
    return [shape.step for shape in chapter.shapes]


def test_a_booking_is_traced_from_the_map_to_the_ticket(story):
    assert [chapter.response[:3] for chapter in story.chapters] == ["200", "303", "200", "303", "200", "200"]


def test_a_request_passes_the_layers_in_order(story):
    hold = story.chapters[1]

    assert hold.middleware[0].name == "RequestLogMiddleware"
    layers = list(dict.fromkeys(call.layer for call in calls(hold)))
    assert [layer for layer in layers if layer in ("URL dispatcher", "view", "form", "service")] == [
        "URL dispatcher",
        "view",
        "form",
        "service",
    ]
    assert {"show_hold", "HoldForm.full_clean", "hold_seats", "locked_show"} <= {call.name for call in calls(hold)}


def written(statements: Iterable[RecordedStatement]) -> set[str]:
    return {table for one in statements for table in one.written.split(", ")}


def test_the_data_is_shown_at_each_layer(story):
    hold, checkout = story.chapters[1:3]

    assert steps(hold) == ["request", "cleaned_data", "service call", "result of the service"]
    posted, cleaned = hold.shapes[0].values["seats"], hold.shapes[1].values["seats"]
    assert (posted[:2], cleaned.replace(" ", "").strip("[]").split(",")[0].isdecimal()) == ("['", True)
    assert "context" in steps(checkout)
    assert checkout.html.startswith("<main")


def test_the_rows_that_changed_are_shown_before_and_after(story):
    changed = {(change.table, change.values.get("status", "")) for change in story.chapters[1].changes}
    booked = {(change.table, change.values.get("status", "")) for change in story.chapters[4].changes}

    assert ("cinema_showseat", "AVAILABLE → HELD") in changed
    assert {("cinema_showseat", "HELD → BOOKED"), ("cinema_ticket", "PENDING → CONFIRMED")} <= booked


def test_every_statement_has_a_plan_and_is_in_its_transaction(story):
    words = [one.word for one in story.chapters[1].statements]
    begin = words.index("BEGIN")

    assert words[-1] == "COMMIT"
    assert set(words[:begin]) <= {"SELECT"}
    assert {"cinema_hold", "cinema_seatevent", "cinema_showseat"} <= written(story.chapters[1].statements)
    assert all(one.plan for one in story.chapters[1].statements if not one.is_boundary)


@pytest.mark.only("postgresql")
def test_locked_rows_are_named(story):
    locks = [one.lock for one in story.chapters[1].statements]

    assert "these rows of cinema_show" in locks
    assert "these rows of cinema_showseat" in locks


@pytest.mark.only("sqlite")
def test_on_sqlite_begin_immediate_is_the_lock(story):
    [begin] = [one for one in story.chapters[1].statements if one.word == "BEGIN"]

    assert begin.lock == "the whole database, for writing"


def test_tracing_adds_no_statement_to_a_booking(show):
    chapter = watch_booking(host="testserver").chapters[1]

    assert len([one for one in chapter.statements if not one.is_boundary]) <= 11


def test_afterwards_the_seats_are_free_and_the_money_is_refunded(show, story):
    after = Show.objects.get(pk=show.pk)

    assert set(ShowSeat.objects.values_list("status", flat=True)) == {ShowSeat.Status.AVAILABLE}
    assert (after.seats_free, after.admissions, after.revenue) == (16, 0, 0)
    assert Ticket.objects.get().status == Ticket.Status.CANCELLED
    assert Refund.objects.get().amount == Ticket.objects.get().amount
    assert not OutgoingMail.objects.exists()
    assert not unexplained_seats(after)


def test_a_trace_that_fails_leaves_no_seat_held(show, monkeypatch):
    def break_off(url):
        raise RuntimeError

    monkeypatch.setattr("cinema.trace.booking._pay", break_off)
    with pytest.raises(RuntimeError):
        watch_booking(host="testserver")

    assert set(ShowSeat.objects.values_list("status", flat=True)) == {ShowSeat.Status.AVAILABLE}
    assert not Hold.objects.filter(status=Hold.Status.ACTIVE).exists()


def test_a_refusal_shows_what_was_written_and_rolled_back(show):
    [chapter] = watch_refusal().chapters

    assert chapter.response.startswith("UnknownTicketType: ")
    assert written(chapter.undone) >= {"cinema_hold", "cinema_showseat", "cinema_seatevent"}
    assert chapter.changes == []
    assert not SeatEvent.objects.exists()


def test_a_show_with_a_waiting_list_is_not_used(show):
    Show.objects.update(waited_for=True)

    with pytest.raises(CannotTrace, match="no such show"):
        watch_booking(host="testserver")


@pytest.mark.parametrize(
    ("setting", "value", "said"), [("DEMO", False, "never at a real cinema"), ("PAYMENT_GATEWAYS", {}, "DEMO=true")]
)
def test_a_real_cinema_refuses_to_trace(show, settings, setting, value, said):
    setattr(settings, setting, value)

    with pytest.raises(CannotTrace, match=said):
        watch_booking(host="testserver")
    with pytest.raises(CannotTrace, match=said):
        watch_refusal()
    assert not Hold.objects.exists()
