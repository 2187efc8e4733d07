"""The programme of the demo. It depends on the date only, so it can be continued for ever."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple, TypeVar

from cinema.demo.theatres import DemoHall, House
from cinema.models import Movie, Show

IN_PROGRAMME, NEW_A_WEEK = 14, 7  # films
A_FRIDAY = date(2026, 1, 2)  # films change on Fridays
TRAILERS, TURNAROUND = 15, 15  # minutes
LAST_START, LATE, LATEST = time(22), time(0, 15), time(1)
PRIME_TIME = range(17, 20)  # hours
TUESDAY, WEDNESDAY, FRIDAY, SATURDAY, SUNDAY = 1, 2, 4, 5, 6
NOON, EVENING = 12, 18
F = TypeVar("F")


class DemoFilm(NamedTuple):
    """A movie of the demo, its formats besides 2D, and its languages, the original first."""

    movie: Movie
    formats: frozenset[str]
    languages: list[str]


class DemoSlot(NamedTuple):
    """A film, or two, in a hall at a local time, with codes of ShowLabel and a line beside them."""

    film: DemoFilm
    hall: DemoHall
    local: datetime
    format: str
    language: str
    labels: Collection[str] = ()
    label_note: str = ""
    second: DemoFilm | None = None  # of a double bill


def films_in_week_of(day: date, films: Sequence[F]) -> list[F]:
    """Return the films in programme on ``day``; NEW_A_WEEK of them are replaced each Friday."""
    week = (day - A_FRIDAY).days // 7
    first = week * NEW_A_WEEK
    return [films[(first + n) % len(films)] for n in range(min(IN_PROGRAMME, len(films)))]


def day_at(house: House, day: date, films: Sequence[DemoFilm]) -> Iterator[DemoSlot]:
    """Yield the shows of one trading day at a theatre."""
    rng = Random(f"{house.slug} {day}")  # noqa: S311, a programme is no secret
    queue = films_in_week_of(day, films)
    rng.shuffle(queue)
    night = day + timedelta(days=1)
    for hall in house.halls:
        local = datetime.combine(day, hall.opens)
        while local <= datetime.combine(day, LAST_START):
            slot = _slot(queue, hall, local, rng)
            local = _next_start(slot)
            is_last = local > datetime.combine(day, LAST_START)
            if is_last and day.weekday() == WEDNESDAY and hall == house.halls[0]:
                spoken = (film for film in queue if slot.language in film.languages and film != slot.film)
                slot = slot._replace(second=next(spoken, None))
            yield slot
        local = max(local, datetime.combine(night, LATE))
        if hall.late and day.weekday() in (FRIDAY, SATURDAY) and local <= datetime.combine(night, LATEST):
            yield _slot(queue, hall, local, rng)


def _slot(queue: list[DemoFilm], hall: DemoHall, local: datetime, rng: Random) -> DemoSlot:
    """Take the next film from the queue; in prime time one in a special format of the hall, if any."""
    showy = [film for film in queue if film.formats & hall.formats] if local.hour in PRIME_TIME else []
    film = (showy or queue)[0]
    queue.remove(film)
    queue.append(film)
    formats = sorted(film.formats & hall.formats) or [Show.Format.STANDARD]
    original, *dubs = film.languages
    slot = DemoSlot(film, hall, local, rng.choice(formats), rng.choice([original, original, *dubs]))
    return _labelled(slot)


def _labelled(slot: DemoSlot) -> DemoSlot:
    """The slot with the labels of its weekday and time of day; of the other shows, a few have some by chance."""
    chance = Random(f"{slot.hall.name} {slot.local}").random()  # noqa: S311
    if slot.local.weekday() == SUNDAY and slot.local.hour < NOON:
        return slot._replace(labels=["relaxed", "babies"], label_note="Lights dimmed, sound low")
    if slot.local.weekday() == TUESDAY and slot.local.hour < EVENING:
        return slot._replace(labels=["dementia-friendly", "seniors"])
    if chance < 1 / 8:
        return slot._replace(labels=["audio-description", "closed-captions"])
    if chance < 2 / 8:
        return slot._replace(labels=["open-captions", "hearing-loop"])
    if chance < 1 / 3 and slot.local.hour >= EVENING:
        return slot._replace(labels=["q-and-a"], label_note="With the director")
    return slot._replace(labels=["strobe"]) if chance > 11 / 12 else slot


def _next_start(slot: DemoSlot) -> datetime:
    """Return the next quarter of an hour at which the hall is free again."""
    free = slot.local + timedelta(minutes=TRAILERS + slot.film.movie.runtime + TURNAROUND)
    return free + timedelta(minutes=-free.minute % 15)
