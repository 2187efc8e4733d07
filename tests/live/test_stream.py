"""Live seat maps receive changes on both databases, by notifications or by polling: live.stream, live.hub."""

import asyncio
import threading

import pytest
from django.db import connection

from cinema.live import hub as hubs
from cinema.live import listener, updates
from cinema.live.channel import Watched
from cinema.models import Show
from cinema.selectors.booking.seat_map import holder_fingerprint
from cinema.services.schedule.publishing import unpublish_show
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


def test_an_expired_hold_is_shown_as_free_without_any_request(show):
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
        assert rendered == [(Watched(show.pk, "en"), 0)]

    watched(scenario)


def test_simultaneous_changes_are_sent_together(show):
    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.begins()
        names = [f"A{n}" for n in range(1, 9)]
        for name in names:
            await meanwhile(held)(show, name, buyer=name)
        await watcher.hears(*[f"Row A, seat {n}," for n in range(1, 9)])
        assert len(watcher.messages) < len(names)

    watched(scenario)


def test_a_reconnected_stream_continues_from_its_last_revision(show):
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


def test_after_a_restart_one_read_serves_all_reconnecting_streams(show, monkeypatch):
    held(show, "A1", buyer="ben")
    read = []
    monkeypatch.setattr(updates, "changes", lambda *asked, real=updates.changes: read.append(asked) or real(*asked))

    async def scenario(hub):
        watchers = [Watcher(hub, show.pk, since=0) for _ in range(50)]
        for watcher in watchers:
            await watcher.hears("Row A, seat 1")
        assert read == [(Watched(show.pk, "en"), 0)]

    watched(scenario)


def test_new_streams_of_a_show_share_one_read(show, monkeypatch):
    looked = []
    monkeypatch.setattr(hubs, "POLL_EVERY", 3600)
    monkeypatch.setattr(updates, "read_states", lambda ids, real=updates.read_states: looked.append(ids) or real(ids))

    async def scenario(hub):
        watchers = [Watcher(hub, show.pk) for _ in range(50)]
        for watcher in watchers:
            await watcher.begins()
        assert looked == [[show.pk]]

    watched(scenario)


def test_a_show_that_cannot_be_read_does_not_affect_others(show, monkeypatch):
    other = ShowFactory()

    def fail_for_the_other(watched, after, real=updates.changes):
        if watched.show_id == other.pk:
            raise ConnectionError("This show cannot be read.")
        return real(watched, after)

    monkeypatch.setattr(updates, "changes", fail_for_the_other)

    async def scenario(hub):
        watchers = [Watcher(hub, pk) for pk in (other.pk, show.pk)]
        for watcher in watchers:
            await watcher.begins()
        await meanwhile(held)(other, "A1", buyer="ben")
        await meanwhile(held)(show, "A1", buyer="ben")
        await watchers[1].hears("Row A, seat 1")

    watched(scenario)


def test_an_expired_hold_that_waits_for_a_lock_delays_no_map(show, monkeypatch):
    """Releasing an expired hold waits for the lock of the show; the maps are updated meanwhile."""
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


def test_without_the_database_a_new_stream_is_told_to_poll(show, monkeypatch):
    def fail(show_ids):
        raise ConnectionError("The database is away.")

    monkeypatch.setattr(updates, "read_states", fail)

    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.comes_to_its_end()
        assert watcher.status == 503

    watched(scenario)


@pytest.mark.parametrize("nonsense", ["", "abc", "-1", "1.5", "9" * 30, "१", "%00", "1&since=2&" + "x&" * 40])
def test_an_invalid_revision_gets_all_changes(show, nonsense):
    held(show, "A1", buyer="ben")

    async def scenario(hub):
        await Watcher(hub, show.pk, since=nonsense).hears("Row A, seat 1")

    watched(scenario)


@pytest.mark.parametrize(("change", "sentence"), [(past, "has already started"), (cancelled, "was cancelled")])
def test_the_end_of_sales_is_sent_and_ends_the_stream(show, change, sentence):
    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.begins()
        await meanwhile(change)(show)
        await watcher.comes_to_its_end()
        assert "event: over" in watcher.text
        assert sentence in watcher.text

    watched(scenario)


def test_a_show_that_is_withdrawn_ends_its_streams(show):
    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.begins()
        await meanwhile(unpublish_show)(theatre=show.screen.theatre, show_id=show.pk, user=None)
        await watcher.comes_to_its_end()
        assert "event: over" in watcher.text
        assert "no longer in the programme" in watcher.text

    watched(scenario)


@pytest.mark.parametrize("change", [past, cancelled, lambda show: Show(pk=NO_SUCH_SHOW)])
def test_a_show_that_is_not_on_sale_has_no_stream(show, change):
    gone = change(show)

    async def scenario(hub):
        watcher = Watcher(hub, gone.pk)
        await watcher.comes_to_its_end()
        assert watcher.status == 204

    watched(scenario)


def test_a_show_without_watchers_is_dropped(show):
    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.begins()
        assert (hub.watchers, list(hub._channels)) == (1, [Watched(show.pk, "en")])
        await watcher.leaves()
        assert (hub.watchers, list(hub._channels)) == (0, [])

    watched(scenario)


def test_each_map_is_updated_in_its_own_language(show):
    async def scenario(hub):
        german, english = Watcher(hub, show.pk, language="de"), Watcher(hub, show.pk)
        await german.begins()
        await english.begins()
        hold = await meanwhile(held)(show, "A1", buyer="ben")
        late = Watcher(hub, show.pk, language="de")
        await english.hears("₹250")
        for watcher in (german, late):
            await watcher.hears("250\xa0₹")
        await meanwhile(lapsed)(hold)
        await english.hears("Row A, seat 1, Classic, ₹250, available")
        for watcher in (german, late):
            await watcher.hears("event: seats", "id: 2")
            assert "₹250" not in watcher.text
        assert "250\xa0₹" not in english.text

    watched(scenario)


def test_the_holder_finds_their_own_seat_in_updates_sent_to_all(show):
    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.begins()
        await meanwhile(held)(show, "A1", buyer="asha")
        await watcher.hears(f'data-holder="{holder_fingerprint("asha", show.pk)}"')
        assert "asha" not in watcher.text

    watched(scenario)


def test_an_idle_stream_gets_heartbeats(show, monkeypatch):
    monkeypatch.setattr(hubs, "HEARTBEAT_EVERY", 0.5)

    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.hears(":\n\n:\n\n")

    watched(scenario)


@pytest.mark.only("postgresql")
def test_a_change_is_sent_by_notification_before_the_next_poll(show, monkeypatch):
    monkeypatch.setattr(hubs, "POLL_EVERY", 3600)

    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.begins()
        await asyncio.sleep(0.5)  # the connection for notifications is open
        await meanwhile(held)(show, "A1", buyer="ben")
        await watcher.hears("Row A, seat 1")

    watched(scenario)


@pytest.mark.only("postgresql")
def test_a_change_without_a_notification_is_found_by_polling(show, monkeypatch):
    monkeypatch.setattr(hubs, "connect", lambda: None)

    async def scenario(hub):
        watcher = Watcher(hub, show.pk)
        await watcher.begins()
        await meanwhile(held)(show, "A1", buyer="ben")
        await watcher.hears("Row A, seat 1")

    watched(scenario)


@pytest.mark.only("postgresql")
def test_a_lost_notification_connection_is_opened_again(show, monkeypatch):
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


def test_a_short_database_outage_ends_no_stream(show, monkeypatch):
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
