"""Updates of one show for its streams: live.channel."""

import asyncio

from cinema.live.channel import KEPT, Channel, Update
from tests.live.watching import on_a_loop


def update(after: int, revision: int, size: int = 1) -> Update:
    return Update(after, revision, f"{revision}".encode() * size)


def channel(*published: Update, revision: int = 5) -> Channel:
    fresh = Channel(1, revision)
    for item in published:
        fresh.publish(item)
    return fresh


def test_a_stream_at_the_latest_revision_gets_nothing():
    assert channel().since(5) == b""
    assert channel(update(5, 6)).since(6) == b""


def test_a_stream_that_is_behind_gets_all_later_updates():
    updates = channel(update(5, 6), update(6, 9))

    assert updates.since(5) == b"69"
    assert updates.since(6) == b"9"


def test_a_stream_within_an_update_gets_the_whole_update():
    assert channel(update(5, 9)).since(7) == b"9"


def test_a_stream_behind_all_kept_updates_needs_the_database():
    assert channel().since(4) is None
    assert channel(update(5, 6)).since(4) is None


def test_updates_are_kept_in_bounded_memory_and_always_the_latest():
    updates = channel(*[update(n, n + 1, size=KEPT // 4) for n in range(5, 20)])

    assert updates.since(5) is None
    assert len(updates.since(19)) >= KEPT // 4
    assert sum(len(item.event) for item in updates._updates) <= KEPT


def test_publishing_wakes_all_waiting_streams():
    async def two_wait() -> None:
        updates = channel()
        waiting = [asyncio.create_task(updates.changed.wait()) for _ in range(2)]
        await asyncio.sleep(0)
        updates.publish(update(5, 6))
        await asyncio.wait_for(asyncio.gather(*waiting), 5)

    on_a_loop(two_wait())
