"""What tests.benchmarks.door measures."""

import gzip
import json
import os
import secrets
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import psycopg2
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cinema.models import Show, StaffRole, Theatre, Ticket, User
from cinema.selectors.door.offline import offline_list
from cinema.services.door.check_ins import Door, Scan, check_in
from tests.benchmarks import figures
from tests.benchmarks.stage import SCREENS, preload, schedule

LOCK = """
    SELECT s.id, s.inside, t.id, t.status, t.show_id FROM cinema_ticketseat s JOIN cinema_ticket t ON t.id = s.ticket_id
    WHERE t.code = %s FOR NO KEY UPDATE"""
RECORD = """
    INSERT INTO cinema_checkin (theatre_id, key, ticket_id, show_id, direction, outcome, seats, reason, user_id, device,
                                scanned_at, received_at, offline)
    VALUES (%s, %s, %s, %s, 'IN', 'ADMITTED', '[]', '', NULL, '', now(), now(), false) RETURNING id"""
ADMIT = "UPDATE cinema_ticketseat SET inside = true, check_in_id = %s WHERE id IN %s"

Act = Callable[[str], object]


def measure(url: str, scans: int) -> None:
    """Measure with so many scans of each kind, and print."""
    shows = schedule(2 * SCREENS)
    preload(shows)
    theatre = Theatre.objects.get()
    _open_doors(shows[:SCREENS])
    codes = list(Ticket.objects.filter(show__in=shows[:SCREENS]).values_list("code", flat=True))
    others = list(Ticket.objects.filter(show__in=shows[SCREENS:]).values_list("code", flat=True))
    usher = User.objects.create_user("usher@example.org", "a long password of an usher")
    StaffRole.objects.create(user=usher, theatre=theatre, role=StaffRole.Role.USHER)
    door = Door(theatre, usher, "Door 1")
    floor = _rate(_floor(url, theatre), others[:scans], statements=3)
    service = _rate(lambda code: _admitted(check_in(door=door, scan=Scan(code, secrets.token_hex(16)))), codes[:scans])
    request = _rate(_request(theatre, usher), codes[scans : 2 * scans])
    print(f"\n{datetime.now():%Y-%m-%d %H:%M}, {os.cpu_count()} CPUs, load average {os.getloadavg()[0]:.1f}")
    print(f"{'':16}{'scans/s':>9}{'ms median':>11}{'ms 95 %':>9}{'ms CPU':>8}{'SQL':>5}")
    for name, rate in (("floor", floor), ("service", service), ("whole request", request)):
        late = statistics.quantiles(rate.times, n=20)[-1]
        middle = statistics.median(rate.times)
        print(f"{name:16}{rate.a_second:9,.0f}{middle:11.2f}{late:9.2f}{rate.cpu:8.2f}{rate.statements:5}")
    floor_is = "3 statements by psycopg2"
    figures.note("Scans at the door", request.a_second, "a second", floor=floor.a_second, floor_is=floor_is)
    _measure_list(theatre, shows)


def _open_doors(shows: Sequence[Show]) -> None:
    """Let these shows, each on a screen of its own, begin in some minutes."""
    start = timezone.now() + timedelta(minutes=10)
    for show in shows:
        show.ends_at = start + (show.ends_at - show.starts_at)
        show.starts_at = show.sales_end_at = start
        show.trading_day = show.screen.theatre.trading_day(start)
        show.save(update_fields=["starts_at", "ends_at", "sales_end_at", "trading_day"])


class Rate(NamedTuple):
    """Scans one after the other: the milliseconds of each, those of processor time of one in this process, and the SQL
    statements of one."""

    times: list[float]
    cpu: float
    statements: int

    @property
    def a_second(self) -> float:
        return len(self.times) / sum(self.times) * 1000


def _rate(act: Act, codes: Sequence[str], statements: int = 0) -> Rate:
    """Scan the codes; ``statements`` are those of a scan past Django, where they are not counted."""
    with CaptureQueriesContext(connection) as captured:
        act(codes[0])
        seen = [query["sql"] for query in captured.captured_queries]
    times, begun = [], time.process_time()
    for code in codes[1:]:
        started = time.perf_counter()
        act(code)
        times.append((time.perf_counter() - started) * 1000)
    cpu = (time.process_time() - begun) * 1000 / len(times)
    return Rate(times, cpu, statements or sum(sql not in ("BEGIN", "COMMIT") for sql in seen))


def _admitted(check: object) -> None:
    if getattr(check, "outcome", "") != "ADMITTED":
        raise RuntimeError(f"A scan was answered with {check}.")


def _floor(url: str, theatre: Theatre) -> Act:
    """Admit by three statements in one transaction. No rule is checked."""
    cursor = psycopg2.connect(url).cursor()

    def admit(code: str) -> None:
        cursor.execute(LOCK, (code,))
        rows = cursor.fetchall()
        (_seat, _inside, ticket, _status, show) = rows[0]
        cursor.execute(RECORD, (theatre.pk, secrets.token_hex(16), ticket, show))
        (check,) = cursor.fetchone() or (None,)
        cursor.execute(ADMIT, (check, tuple(row[0] for row in rows)))
        cursor.connection.commit()

    return admit


def _request(theatre: Theatre, usher: User) -> Act:
    client = Client(headers={"HX-Request": "true", "Host": "localhost"})
    client.force_login(usher)
    address = reverse("staff-door-scan", args=[theatre.slug])

    def scan(code: str) -> None:
        response = client.post(address, {"text": f"https://example.org/tickets/{code}/", "key": secrets.token_hex(16)})
        if b'data-tone="go"' not in response.content:
            raise RuntimeError(f"A scan was answered with {response.status_code}.")

    return scan


def _measure_list(theatre: Theatre, shows: Sequence[Show]) -> None:
    """Print the size of the list of all tickets, and how long it takes to make."""
    found = list(Show.objects.filter(pk__in=[show.pk for show in shows]).select_related("movie", "screen__theatre"))
    begun = time.perf_counter()
    listed = offline_list(theatre, found, timezone.now())
    took = (time.perf_counter() - begun) * 1000
    tickets = sum(len(show["tickets"]) for show in listed["shows"])
    size = len(gzip.compress(json.dumps(listed).encode()))
    a_thousand = size * 1000 / tickets / 1000
    print(f"\nThe list of {tickets:,} tickets: {size / 1000:.1f} kB compressed, made in {took:.0f} ms;")
    print(f"1,000 tickets: {a_thousand:.1f} kB")
