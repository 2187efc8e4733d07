"""Updates of one show for its streams: live.channel."""

import asyncio

import pytest

from cinema.live.channel import HEARTBEAT, KEPT, Channel, Follower, Update, Watched
from tests.live.watching import on_a_loop


def update(after: int, revision: int, size: int = 1) -> Update:
    return Update(after, revision, f"{revision}".encode() * size)


def channel(*published: Update, revision: int = 5) -> Channel:
    fresh = Channel(Watched(1, "en"), revision)
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


class Client:
    """A client of a stream; a ``slow`` one has not read what was sent before."""

    def __init__(self, slow: bool = False) -> None:
        self.got: list[bytes] = []
        self.slow = slow

    def push(self, piece: bytes) -> bool:
        self.got += [] if self.slow else [piece]
        return not self.slow


def followed(channel: Channel, *followers: Follower) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(channel.follow(follower, channel.moment)) for follower in followers]


def test_an_update_is_pushed_to_streams_that_have_those_before():
    async def scenario() -> None:
        updates, client, ahead, behind = channel(), Client(), Client(), Client()
        followers = [Follower(5, client.push), Follower(9, ahead.push), Follower(4, behind.push)]
        waiting = followed(updates, *followers)
        await asyncio.sleep(0)
        updates.publish(update(5, 6))
        updates.publish(update(6, 8))
        updates.heartbeat()
        await asyncio.wait_for(waiting[2], 5)
        assert client.got == [b"6", b"8", HEARTBEAT]
        assert ahead.got == [HEARTBEAT]
        assert behind.got == []
        assert [follower.revision for follower in followers] == [8, 9, 4]
        assert [task.done() for task in waiting] == [False, False, True]
        for task in waiting:
            task.cancel()

    on_a_loop(scenario())


@pytest.mark.parametrize("event", [lambda to: to.publish(update(5, 6)), Channel.heartbeat, lambda to: to.end(b"over")])
def test_a_stream_whose_client_is_slow_is_woken(event):
    async def scenario() -> None:
        updates, client = channel(), Client(slow=True)
        waiting = followed(updates, Follower(5, client.push), Follower(5, client.push))
        await asyncio.sleep(0)
        event(updates)
        await asyncio.wait_for(asyncio.gather(*waiting), 5)

    on_a_loop(scenario())


def test_a_stream_misses_nothing_that_is_sent_just_before_it_waits():
    async def scenario() -> None:
        updates, client = channel(), Client()
        moment = updates.moment
        updates.publish(update(5, 6))
        await asyncio.wait_for(updates.follow(Follower(5, client.push), moment), 5)
        assert client.got == []  # it reads the update itself

    on_a_loop(scenario())
