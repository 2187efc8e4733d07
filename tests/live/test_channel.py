"""What one show's watchers are told, and from where each reads on."""

import asyncio

from cinema.live.channel import KEPT, Channel, Update
from tests.live.watching import on_a_loop


def news(after: int, revision: int, size: int = 1) -> Update:
    return Update(after, revision, f"{revision}".encode() * size)


def channel(*published: Update, revision: int = 5) -> Channel:
    fresh = Channel(1, revision)
    for item in published:
        fresh.publish(item)
    return fresh


def test_who_knows_the_latest_is_told_nothing():
    assert channel().since(5) == b""
    assert channel(news(5, 6)).since(6) == b""


def test_who_is_behind_is_told_all_that_came_since():
    told = channel(news(5, 6), news(6, 9))

    assert told.since(5) == b"69"
    assert told.since(6) == b"9"


def test_who_knows_a_part_of_the_news_is_told_the_whole_of_it():
    assert channel(news(5, 9)).since(7) == b"9"


def test_who_is_further_behind_than_what_is_kept_has_to_ask_the_database():
    assert channel().since(4) is None
    assert channel(news(5, 6)).since(4) is None


def test_news_are_kept_in_bounded_memory_and_the_latest_always():
    told = channel(*[news(n, n + 1, size=KEPT // 4) for n in range(5, 20)])

    assert told.since(5) is None
    assert len(told.since(19)) >= KEPT // 4
    assert sum(len(item.event) for item in told._updates) <= KEPT


def test_publishing_wakes_all_who_wait():
    async def two_wait() -> None:
        told = channel()
        waiting = [asyncio.create_task(told.changed.wait()) for _ in range(2)]
        await asyncio.sleep(0)
        told.publish(news(5, 6))
        await asyncio.wait_for(asyncio.gather(*waiting), 5)

    on_a_loop(two_wait())
