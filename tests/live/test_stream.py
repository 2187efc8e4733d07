"""Open seat maps are told what changes, on both databases: by notifications, or by looking."""

import asyncio
import threading

import pytest
from django.db import connection

from cinema.live import hub as hubs
from cinema.live import listener, updates
from cinema.models import Show
from cinema.selectors.booking.seat_map import holder_fingerprint
from tests.factories import ShowFactory, cancelled, held, lapsed, past, sold
from tests.live.watching import Watcher, meanwhile, watched

pytestmark = pytest.mark.django_db(transaction=True)
NO_SUCH_SHOW = 4711


@pytest.fixture
def show() -> Show:
    return ShowFactory()


def test_a_seat_that_is_held_or_sold_shows_on_every_open_map(show):
    async def scenario(hub):
        watchers = [Watcher(hub, show.pk) for _ in range(3)]
        for watcher in watchers:
            await watcher.begins()
        await meanwhile(held)(show, "A1", buyer="ben")
        await meanwhile(sold)(show, "B2", buyer="cleo")
        for watcher in watchers:
            await watcher.hears(
                "Row A, seat 1, Classic, ₹250, held by someone else", "Row B, seat 2, Classic, ₹250, taken"
            )
            assert not any("Row C" in seat for seat in watcher.seats)

    watched(scenario)


def test_a_hold_that_runs_out_shows_as_free_without_anybodys_doing(show):
    async def scenario(hub):
        hold = await meanwhile(held)(show, "A1", buyer="ben")
        watcher = Watcher(hub, show.pk, since=1)
        await watcher.begins()
        await meanwhile(lapsed)(hold)
        await watcher.hears("Row A, seat 1, Classic, ₹250, available")

    watched(scenario)


def test_a_change_is_rendered_once_for_all(show, monkeypatch):
    rendered = []
    monkeypatch.setattr(updates, "changes", lambda *asked, real=updates.changes: rendered.append(asked) or real(*asked))

    async def scenario(hub):
        watchers = [Watcher(hub, show.pk) for _ in range(40)]
        for watcher in watchers:
            await watcher.begins()
        await meanwhile(held)(show, "A1", buyer="ben")
        for watcher in watchers:
            await watcher.hears("Row A, seat 1")
        assert rendered == [(show.pk, 0)]

    watched(scenario)


def test_changes_that_come_together_go_out_together(show):
    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.begins()
        names = [f"A{n}" for n in range(1, 9)]
        for name in names:
            await meanwhile(held)(show, name, buyer=name)
        await watcher.hears(*[f"Row A, seat {n}," for n in range(1, 9)])
        assert len(watcher.messages) < len(names)

    watched(scenario)


def test_a_line_that_was_cut_goes_on_from_the_last_revision_and_misses_nothing(show):
    async def scenario(hub):
        first = Watcher(hub, show.pk)
        await first.begins()
        await meanwhile(held)(show, "A1", buyer="ben")
        await first.hears("Row A, seat 1")
        await first.leaves()
        await meanwhile(held)(show, "B1", buyer="cleo")

        again = Watcher(hub, show.pk, since=0, last_event_id=first.revisions[-1])
        await again.hears("Row B, seat 1")
        assert not any("Row A" in seat for seat in again.seats)

    watched(scenario)


def test_after_a_restart_thousands_who_come_back_are_read_for_once(show, monkeypatch):
    held(show, "A1", buyer="ben")
    read = []
    monkeypatch.setattr(updates, "changes", lambda *asked, real=updates.changes: read.append(asked) or real(*asked))

    async def scenario(hub):
        watchers = [Watcher(hub, show.pk, since=0) for _ in range(50)]
        for watcher in watchers:
            await watcher.hears("Row A, seat 1")
        assert read == [(show.pk, 0)]

    watched(scenario)


def test_newcomers_to_the_same_show_share_one_look_at_it(show, monkeypatch):
    looked = []
    monkeypatch.setattr(hubs, "POLL_EVERY", 3600)
    monkeypatch.setattr(updates, "read_states", lambda ids, real=updates.read_states: looked.append(ids) or real(ids))

    async def scenario(hub):
        watchers = [Watcher(hub, show.pk) for _ in range(50)]
        for watcher in watchers:
            await watcher.begins()
        assert looked == [[show.pk]]

    watched(scenario)


def test_a_show_that_cannot_be_read_keeps_the_others_from_nothing(show, monkeypatch):
    other = ShowFactory()

    def fail_for_the_other(show_id, after, real=updates.changes):
        if show_id == other.pk:
            raise ConnectionError("This show cannot be read.")
        return real(show_id, after)

    monkeypatch.setattr(updates, "changes", fail_for_the_other)

    async def scenario(hub):
        watchers = [Watcher(hub, pk) for pk in (other.pk, show.pk)]
        for watcher in watchers:
            await watcher.begins()
        await meanwhile(held)(other, "A1", buyer="ben")
        await meanwhile(held)(show, "A1", buyer="ben")
        await watchers[1].hears("Row A, seat 1")

    watched(scenario)


def test_seats_that_have_to_wait_for_a_lock_keep_no_map_waiting(show, monkeypatch):
    """Freeing the seats of a hold that ran out waits for whoever has the show; the maps go on meanwhile."""
    hold = held(ShowFactory(), "A1", buyer="ben")
    freed, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(updates, "release_expired_holds", lambda show_ids: (freed.set(), go_on.wait(60)))

    async def scenario(hub):
        watchers = [Watcher(hub, pk) for pk in (hold.show_id, show.pk)]
        for watcher in watchers:
            await watcher.begins()
        await meanwhile(lapsed)(hold)
        await asyncio.to_thread(freed.wait, 60)
        await meanwhile(held)(show, "A1", buyer="cleo")
        await watchers[1].hears("Row A, seat 1")
        go_on.set()

    watched(scenario)


def test_where_the_database_is_away_a_newcomer_is_told_to_ask_instead(show, monkeypatch):
    def fail(show_ids):
        raise ConnectionError("The database is away.")

    monkeypatch.setattr(updates, "read_states", fail)

    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.comes_to_its_end()
        assert watcher.status == 503

    watched(scenario)


@pytest.mark.parametrize("nonsense", ["", "abc", "-1", "1.5", "9" * 30, "१", "%00", "1&since=2&" + "x&" * 40])
def test_a_revision_that_makes_no_sense_gets_all_that_ever_changed(show, nonsense):
    held(show, "A1", buyer="ben")

    async def scenario(hub):
        await Watcher(hub, show.pk, since=nonsense).hears("Row A, seat 1")

    watched(scenario)


@pytest.mark.parametrize(("change", "sentence"), [(past, "has already started"), (cancelled, "was cancelled")])
def test_when_the_sale_ends_the_map_says_so_and_its_stream_ends(show, change, sentence):
    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.begins()
        await meanwhile(change)(show)
        await watcher.comes_to_its_end()
        assert "event: over" in watcher.text
        assert sentence in watcher.text

    watched(scenario)


@pytest.mark.parametrize("change", [past, cancelled, lambda show: Show(pk=NO_SUCH_SHOW)])
def test_there_is_nothing_to_watch_at_a_show_that_is_not_on_sale(show, change):
    gone = change(show)

    async def scenario(hub):
        watcher = Watcher(hub, gone.pk)
        await watcher.comes_to_its_end()
        assert watcher.status == 204

    watched(scenario)


def test_a_show_that_nobody_watches_any_more_is_forgotten(show):
    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.begins()
        assert (hub.watchers, list(hub._channels)) == (1, [show.pk])
        await watcher.leaves()
        assert (hub.watchers, list(hub._channels)) == (0, [])

    watched(scenario)


def test_the_holder_knows_their_own_seat_among_news_told_to_all(show):
    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.begins()
        await meanwhile(held)(show, "A1", buyer="asha")
        await watcher.hears(f'data-holder="{holder_fingerprint("asha", show.pk)}"')
        assert "asha" not in watcher.text

    watched(scenario)


def test_silence_is_broken_by_a_sign_of_life(show, monkeypatch):
    monkeypatch.setattr(hubs, "HEARTBEAT_EVERY", 0.5)

    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.hears(":\n\n:\n\n")

    watched(scenario)


@pytest.mark.only("postgresql")
def test_a_change_is_told_by_notification_long_before_anybody_looks(show, monkeypatch):
    monkeypatch.setattr(hubs, "POLL_EVERY", 3600)

    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.begins()
        await asyncio.sleep(0.5)  # the line to the notifications stands
        await meanwhile(held)(show, "A1", buyer="ben")
        await watcher.hears("Row A, seat 1")

    watched(scenario)


@pytest.mark.only("postgresql")
def test_what_no_notification_told_is_found_by_looking(show, monkeypatch):
    monkeypatch.setattr(hubs, "connect", lambda: None)

    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.begins()
        await meanwhile(held)(show, "A1", buyer="ben")
        await watcher.hears("Row A, seat 1")

    watched(scenario)


@pytest.mark.only("postgresql")
def test_a_line_to_the_notifications_that_breaks_is_opened_again(show, monkeypatch):
    monkeypatch.setattr(hubs, "POLL_EVERY", 2)
    lines = []
    monkeypatch.setattr(hubs, "connect", lambda: lines.append(listener.connect()) or lines[-1])

    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.begins()
        while not lines:
            await asyncio.sleep(0.05)
        await meanwhile(terminate)(lines[0].get_backend_pid())
        while len(lines) < 2:
            await asyncio.sleep(0.05)
        monkeypatch.setattr(hubs, "POLL_EVERY", 3600)
        await asyncio.sleep(0.5)
        await meanwhile(held)(show, "A1", buyer="ben")
        await watcher.hears("Row A, seat 1")

    watched(scenario)


def terminate(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])


def test_a_database_that_is_away_for_a_moment_ends_no_stream(show, monkeypatch):
    failures = []

    def fail_once(show_ids, real=updates.read_states):
        if len(failures) < 1:
            failures.append(show_ids)
            raise ConnectionError("The database is away.")
        return real(show_ids)

    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.begins()
        monkeypatch.setattr(updates, "read_states", fail_once)
        while not failures:
            await asyncio.sleep(0.05)
        await meanwhile(held)(show, "A1", buyer="ben")
        await watcher.hears("Row A, seat 1")

    watched(scenario)
