"""Whatever is sent to the back office, it answers; that something broke on our side is never the answer."""

import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import owner
from tests.views.staff.addresses import PATTERNS

pytestmark = pytest.mark.django_db  # so each seed is tried on one of the databases, with --both on both

# What forms and query strings of the back office are made of.
KEYS = (
    *("screen", "movie", "language", "subtitles", "price_card", "category", "ticket_type", "genres", "languages"),
    *("show", "shows", "seats", "ticket", "follow", "seen", "version", "copy", "before", "page", "kind", "roles"),
)
DAYS = ("day", "from_day", "until_day", "first_day", "last_day", "source", "target", "start", "end", "week")
MOMENTS = ("choose_until", "sales_start_at", "at", "times", "from_time", "until_time", "release_date")
NUMBERS = ("amount", "trailers", "turnaround", "sales_cutoff", "release_minutes", "year", "runtime", "rating", "doors")
TEXTS = (
    *("name", "title", "reason", "email", "role", "q", "view", "shown", "span", "format", "state", "period", "measure"),
    *("remedy", "back", "fold", "weekdays", "time_zone", "layout", "plan", "source", "example", "text", "key", "note"),
    *("new_genres", "new_languages", "cast", "synopsis", "confirm", "save", "instead", "insist", "best", "usual", "up"),
)
WRONG = (
    *("", "\0", "1\0", "0", "-1", "1", "9" * 18, "9" * 19, str(10**30), "1e999999", "NaN", "-Infinity", "²", "٣"),
    *("<script>alert(1)</script>", "x" * 5000, "\ud7ff\ufffe", "=1+1", "../../etc/passwd", "[[[", "{}", "null"),
    *("0001-01-01", "9999-12-31", "2026-02-30", "9999-12-31T23:59", "0001-01-01T00:00", "24:00", "23:59"),
    '{"seats": [[null, "A", 1, 1e400, 1, 1, "SEAT"]]}',
    '{"seats": [[1, "A", 1, 1, 1, 9223372036854775807, "x"]]}',
)
GOOD = {"reason": "so", "remedy": "EXCHANGE", "kind": "HOUSE", "span": "week", "weekdays": "1", "key": "one"}


@pytest.fixture
def place(client, here):
    client.force_login(owner())
    client.raise_request_exception = False
    return here


def scrambled(chance):
    """A form's worth of nonsense, with some sense in it."""
    said = {name: [chance.choice(WRONG) for _ in range(chance.choice((1, 1, 2)))]
            for name in chance.sample(KEYS + DAYS + MOMENTS + NUMBERS + TEXTS, 30)}  # fmt: skip
    days = {name: chance.choice(("0001-01-01", "9999-12-31", "2026-11-27", "2099-12-31")) for name in DAYS}
    return chance.choice((said, said | GOOD, said | GOOD | days))


def refused(response):
    return response.status_code < 500


@pytest.mark.parametrize("seed", range(3))
def test_nonsense_in_query_strings_breaks_nothing(client, place, seed, share):
    chance = random.Random(seed)
    for name in share(PATTERNS, seed, of=6):
        said = scrambled(chance)
        assert refused(client.get(place.address(name), said)), (name, said)


@pytest.mark.parametrize("seed", range(3))
def test_nonsense_in_forms_breaks_nothing(client, place, seed, share):
    chance = random.Random(seed)
    for name in share(PATTERNS, seed, of=6):
        said = scrambled(chance)
        assert refused(client.post(place.address(name), said)), (name, said)


OUT_OF_REACH = ["0001-01-01", "9999-12-31", "2000-01-01", "2099-12-31", "\0"]


@pytest.mark.parametrize("day", OUT_OF_REACH)
def test_days_out_of_reach_break_no_page(client, place, day, share):
    said = dict.fromkeys(DAYS, day) | {"show": "", "span": "week", "view": "week"}
    for name in share(PATTERNS, OUT_OF_REACH.index(day), of=5):
        assert refused(client.get(place.address(name), said)), name


@pytest.mark.mainly("postgresql")  # which rejects more values
def test_bytes_that_are_no_text_break_nothing(client, place, share):
    rubbish = b"name=%ff%fe&title=\xff\xfe&reason=%00&seats=\xff&q=%ff"
    for name in share(PATTERNS, 0):
        url = place.address(name)
        posted = client.post(url, rubbish, content_type="application/x-www-form-urlencoded")
        assert refused(posted), name
        assert refused(client.get(f"{url}?q=%ff%fe&day=%00&page=%ff&screen=%ff&show=%00")), name


def test_files_of_the_wrong_kind_break_nothing(client, place):
    for content in (b"", b"\0" * 100, b"\xff\xfe\xff", b"PK\x03\x04rubbish", b"\x89PNG\r\n\x1a\n", b"[" * 100_000):
        for name in ("../../x.csv", "x.json", "\0.png", "." * 300 + ".csv"):
            for url in ("staff-films-import", "staff-films-poster", "staff-films-still", "staff-schedule-import"):
                files = {field: SimpleUploadedFile(name, content) for field in ("table", "poster", "still", "file")}
                assert refused(client.post(place.address(url), files)), (url, name, content[:10])
