"""``manage.py trace_booking``: the page “Watch a booking”, as text."""

from textwrap import indent
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from cinema.models import Show
from cinema.trace import is_allowed


class Command(BaseCommand):
    help = "Make a real booking in the demo, show every layer it passes, and tidy up. Refuses at a real cinema."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", nargs="?", choices=["booking", "refusal", "race"], default="booking")
        parser.add_argument("--show", type=int, help="number of the show (default: the last one on sale)")
        parser.add_argument(
            "--turns", default="ABABAAABB", help="for a race: whose turn it is, Asha’s or Ben’s (default: %(default)s)"
        )
        parser.add_argument("--sql", action="store_true", help="print each statement in full, with its plan")

    def handle(self, *, what: str, show: int | None, turns: str, sql: bool, **options: Any) -> None:
        if not is_allowed():
            raise CommandError("Bookings can be watched only in the demo, never at a real cinema.")
        if Show._meta.db_table not in connection.introspection.table_names():
            raise CommandError("This database has no cinema yet. Run “manage.py demo --no-server” first.")
        from cinema.trace.booking import CannotTrace, watch_booking, watch_refusal
        from cinema.trace.race import watch_race

        try:
            if what == "race":
                for n in range(len(turns) + 1):
                    self._print_picture(watch_race(turns[:n], show_id=show))
                return
            host = settings.ALLOWED_HOSTS[0]
            story = watch_refusal(show_id=show) if what == "refusal" else watch_booking(host=host, show_id=show)
        except CannotTrace as error:
            raise CommandError(str(error)) from None
        for chapter in story.chapters:
            self._print_chapter(chapter, in_full=sql)
        self.stdout.write(f"\n{story.left}")

    def _print_chapter(self, chapter: Any, *, in_full: bool) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"\n{chapter.title}"))
        self.stdout.write(f"{chapter.request}\n→ {chapter.response}\n\nThe layers")
        if chapter.middleware:
            self.stdout.write(f"  middleware {', '.join(one.name for one in chapter.middleware)}")
        for depth, one in chapter.lines:
            self.stdout.write("  " * (depth + 1) + (_statement(one) if hasattr(one, "sql") else _call(one)))
            if in_full and hasattr(one, "sql") and not one.is_boundary:
                self.stdout.write(indent("\n".join([one.sql, *one.plan]), "  " * (depth + 3)))
        self.stdout.write("\nThe data")
        for shape in chapter.shapes:
            values = ", ".join(f"{name}: {value}" for name, value in shape.values.items())
            self.stdout.write(f"  {shape.step} ({shape.where}) {values}")
        for change in chapter.changes:
            values = ", ".join(f"{name} {value}" for name, value in change.values.items())
            self.stdout.write(f"  row {change.table} {change.key}{' (new)' if change.is_new else ''} {values}")
        for one in chapter.undone:
            self.stdout.write(f"  rolled back: {one.summary}")

    def _print_picture(self, picture: Any) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"\n{picture.turns or 'Before the first turn'}"))
        self.stdout.write(f"Everybody else sees {picture.seat} as {picture.seen_by_others}.")
        for buyer in picture.buyers:
            state = "waits for the other’s lock" if buyer.waits else buyer.answer or f"next: {buyer.next_step}"
            self.stdout.write(f"  {buyer.name}: {state}")
            for lock in buyer.locks:
                self.stdout.write(f"    lock: {lock}")
            if buyer.statements:
                self.stdout.write(f"    {' · '.join(one.summary for one in buyer.statements)}")


def _call(call: Any) -> str:
    times = f" × {call.times}" if call.times > 1 else ""
    return f"{call.layer} {call.module}.{call.name}{times} {call.ms:.1f} ms"


def _statement(one: Any) -> str:
    facts = [f"{one.ms:.1f} ms"]
    facts += [f"{one.rows} rows"] if one.rows is not None else []
    facts += [f"locks {one.lock}"] if one.lock else []
    return f"SQL {one.summary} ({', '.join(facts)})"
