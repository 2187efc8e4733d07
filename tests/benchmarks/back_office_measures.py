"""The measurements of the back office, with their targets."""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any, NamedTuple

from django.core.management import call_command
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, reverse
from django.utils import timezone

from cinema.demo import year, year_house
from cinema.models import Movie, PriceCard, Screen, SeatBlock, Show, StaffRole, Theatre, Ticket, TicketType, User
from cinema.services.figures.seat_sums import sum_past_weeks
from cinema.services.schedule.showtimes import local_moment
from cinema.urls import staff as urls
from tests.benchmarks.figures import note
from tests.benchmarks.memory import peak_megabytes
from tests.benchmarks.urls import EMPTY

LINE = "{:<58} {:>7} {:>9} {:>9} {:>8}  {}"
STATEMENTS, MILLISECONDS, YEAR_MILLISECONDS, PUBLISH_SECONDS, EXPORT_MEGABYTES = 25, 40, 80, 5, 40
# Pages that are asked for with more than their address: the figures of a year, a search.
ASKED = [
    ("staff-figures", {"period": "year"}, YEAR_MILLISECONDS),
    ("staff-figures-all", {"period": "year"}, YEAR_MILLISECONDS),
    ("staff-figures-heatmap", {"period": "year"}, YEAR_MILLISECONDS),
    ("staff-orders", {"q": "kavya.rao"}, MILLISECONDS),
]
EXPORTS = [("report", "csv"), ("shows", "csv"), ("shows", "xlsx"), ("sales", "csv"), ("sales", "xlsx")]


class Page(NamedTuple):
    name: str
    url: str
    limit: int


def theatre() -> Theatre:
    return Theatre.objects.get(slug=year_house.SLUG)


def has_year(days: int) -> bool:
    """Whether nearly so many days of the demo's year exist; it may have been created some days ago."""
    a_day = year_house.SCREENS * len(year_house.STARTS)
    return Show.objects.filter(screen__theatre__slug=year_house.SLUG).count() >= 0.97 * days * a_day


def load_year(days: int) -> None:
    """Create the demo and the last ``days`` of its year."""
    call_command("demo", "--no-server")
    year.DAYS = days
    year.load()


def measure(*, rounds: int) -> None:
    """Measure everything and print it."""
    shows, sold = Show.objects.filter(screen__theatre=theatre()).count(), Ticket.objects.count()
    print(f"{connection.vendor}: {shows:,} shows, {sold:,} tickets\n")
    while sum_past_weeks():  # which the jobs have done by the time that anybody has a year behind them
        pass
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.filter(is_superuser=True)[0])
    print(LINE.format("Pages", "SQL", "median ms", "own CPU", "limit", ""))
    floor, _ = _medians(lambda: client.get(EMPTY), rounds)
    print(LINE.format("an empty page: the floor", 0, f"{floor:.1f}", "", "", ""))
    taken = [ms for page in pages() if (ms := _print_page(page, client, rounds)) is not None]
    for which, figure in (("median", statistics.median(taken)), ("slowest", max(taken))):
        note(f"{len(taken)} pages of the back office: {which}", figure, "ms", floor=floor, floor_is="an empty page")
    print("\n" + LINE.format("Files of a year", "MB sent", "seconds", "peak +MB", "limit", ""))
    for what, kind in EXPORTS:
        _print_export(what, kind, client, rows={"shows": shows, "sales": sold}.get(what, 0))
    _print_publishing()


def pages() -> Iterator[Page]:
    """Every page of the back office, then those with a query."""
    for pattern in urls.urlpatterns:
        if pattern.name and not pattern.name.endswith("-export") and (arguments := _arguments(pattern)) is not None:
            yield Page(pattern.name, reverse(pattern.name, kwargs=arguments), MILLISECONDS)
    by_name = {pattern.name: pattern for pattern in urls.urlpatterns}
    for name, query, limit in ASKED:
        if name in by_name:
            asked = "&".join(f"{key}={value}" for key, value in query.items())
            yield Page(name, f"{reverse(name, kwargs=_arguments(by_name[name]))}?{asked}", limit)


def _arguments(pattern: URLPattern) -> dict[str, Any] | None:
    """The arguments of the page's URL; None, after printing a line, if the database has no fitting object."""
    values = {name: _value(pattern.name, name) for name in pattern.pattern.converters}
    if None in values.values():
        print(LINE.format(pattern.name, "", "", "", "", f"not measured: nothing fits {', '.join(values)}"))
        return None
    return values


def _value(page: str, name: str) -> Any:
    """A key for the page's URL, by the argument's name and, for ``pk``, the page's own."""
    here = theatre()
    ticket = Ticket.objects.filter(show__screen__theatre=here, status=Ticket.Status.CONFIRMED).order_by("-pk")
    playing = Show.objects.filter(screen__theatre=here).order_by("-starts_at")
    finders: dict[str, Callable[[], Any]] = {
        "slug": lambda: here.slug,
        "movie": lambda: playing[0].movie_id,
        "reference": lambda: ticket[0].reference,
        "code": lambda: ticket[0].code,
        "screen": lambda: here.screens.values_list("pk", flat=True).first(),
        "screen_pk": lambda: here.screens.values_list("pk", flat=True).first(),
    }
    rows = {
        "staff-films": Movie.objects.all(),
        "staff-screens": Screen.objects.filter(theatre=here),
        "staff-blocks": SeatBlock.objects.filter(screen__theatre=here),
        "staff-schedule": playing,
        "staff-shows": playing,
        "staff-prices-types": TicketType.objects.filter(theatre=here),
        "staff-prices": PriceCard.objects.filter(theatre=here),
        "staff-orders": ticket,
        "staff-people": StaffRole.objects.filter(theatre=here),
    }
    if name == "pk":
        found = next((rows[prefix] for prefix in rows if page.startswith(prefix)), None)
        return None if found is None else found.values_list("pk", flat=True).first()
    return finders[name]() if name in finders else None


def _print_page(page: Page, client: Client, rounds: int) -> float | None:
    """Print the page's figures; return its milliseconds, if it succeeds."""
    response = client.get(page.url)  # once to warm up
    shown = page.url.removeprefix("/staff/")
    if response.status_code != 200:
        print(LINE.format(shown[:58], "", "", "", "", f"answers {response.status_code}"))
        return None
    with CaptureQueriesContext(connection) as captured:
        client.get(page.url)
    statements = len(captured)  # before the next request forgets them
    median, cpu = _medians(lambda: client.get(page.url), rounds)
    above = "" if median <= page.limit and statements <= STATEMENTS else "ABOVE THE LIMIT"
    print(LINE.format(shown[:58], statements, f"{median:.0f}", f"{cpu:.0f}", page.limit, above), flush=True)
    return median


def _medians(act: Callable[[], HttpResponse], rounds: int) -> tuple[float, float]:
    times = [_milliseconds(act) for _ in range(rounds)]
    clock, own = (statistics.median(column) for column in zip(*times, strict=True))
    return clock, own


def _milliseconds(act: Callable[[], HttpResponse]) -> tuple[float, float]:
    """Milliseconds of wall-clock time, and of CPU time, which a busy machine does not lengthen."""
    begun, computed = time.perf_counter(), time.process_time()
    act()
    return (time.perf_counter() - begun) * 1000, (time.process_time() - computed) * 1000


def _print_export(what: str, kind: str, client: Client, *, rows: int) -> None:
    """Print the memory of an export, in its own process, so that no other page's memory counts, and its speed."""
    url = reverse("staff-figures-export", args=[year_house.SLUG, what, kind]) + "?period=year"

    def send() -> tuple[float, float]:
        begun = time.perf_counter()
        size = sum(map(len, client.get(url).streaming_content))
        return size, time.perf_counter() - begun

    connection.close()
    (size, seconds), peak = peak_megabytes(send)
    above = "" if peak <= EXPORT_MEGABYTES else "ABOVE THE LIMIT"
    name = f"{what}.{kind}" + (f", {rows / seconds:,.0f} rows a second" if rows else "")
    print(LINE.format(name, f"{size / 1e6:.1f}", f"{seconds:.1f}", f"{peak:.0f}", EXPORT_MEGABYTES, above), flush=True)


def _print_publishing() -> None:
    """Print the time to publish a week of drafts, and undo it."""
    try:
        publish_shows = import_module("cinema.services.schedule.publishing").publish_shows
    except ModuleNotFoundError:
        print("\nPublishing a week: there is no such service yet.")
        return
    with transaction.atomic():
        drafts = Show.objects.bulk_create(_drafts())
        with CaptureQueriesContext(connection) as captured:
            begun = time.perf_counter()
            publish_shows(theatre=theatre(), show_ids=[show.pk for show in drafts], user=None)
            seconds = time.perf_counter() - begun
        transaction.set_rollback(True)
    above = "" if seconds <= PUBLISH_SECONDS else "ABOVE THE LIMIT"
    what = f"Publishing {len(drafts)} shows, seconds"
    print("\n" + LINE.format(what, len(captured), f"{seconds:.2f}", "", PUBLISH_SECONDS, above))


def _drafts() -> Iterator[Show]:
    """The drafts of a coming week on every screen of the theatre."""
    here, card = theatre(), PriceCard.objects.filter(theatre=theatre()).order_by("pk")[0]
    pattern = Show.objects.filter(screen__theatre=here).select_related("movie").latest("starts_at")
    for n in range(7):
        day = here.trading_day(timezone.now()) + timedelta(days=60 + n)
        for number, screen in enumerate(here.screens.order_by("pk")):
            for slot in range(len(year_house.STARTS)):
                show = Show(
                    movie=pattern.movie,
                    screen=screen,
                    starts_at=local_moment(day, year_house.start_of(number, slot), here),
                    trading_day=day,
                    language_id=pattern.language_id,
                    trailers=here.trailers,
                    turnaround=here.turnaround,
                    price_card=card,
                    status=Show.Status.DRAFT,
                )
                show.sales_end_at = show.starts_at
                show.ends_at = show.film_ends_at + timedelta(minutes=show.turnaround)
                yield show
