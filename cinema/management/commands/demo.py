"""``manage.py demo``: create and serve a whole demo cinema on this machine."""

import os
import socket
import sys
from argparse import ArgumentTypeError
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from cinema.demo import assets, door, loader, sales, year, year_house

HOST = "127.0.0.1"
PORT = 8000


class Command(BaseCommand):
    help = "Load the demo cinema into an empty database, bring its schedule up to date, and serve it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=port_number, default=PORT, help=f"port to serve it on (default: {PORT})")
        parser.add_argument("--no-server", action="store_true", help="prepare everything, but do not serve it")
        parser.add_argument("--year", action="store_true", help="add a theatre with a year of sales (takes minutes)")

    def handle(self, *, port: int, no_server: bool, year: bool, **options: Any) -> None:
        if not no_server:
            check_free(port)
        try:
            self._prepare(with_year=year)
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run the same command again to continue.") from None
        if not no_server:
            self.stdout.write(f"\nThe cinema is open at http://{HOST}:{port}/ (Ctrl+C closes it)\n")
            self.stdout.write(f"Watch a booking pass every layer: http://{HOST}:{port}/guide/trace/\n")
            self.stdout.flush()
            serve(port)

    def _prepare(self, *, with_year: bool) -> None:
        self._say("Database")
        if loader.is_real_cinema():
            raise CommandError(
                "This database holds another cinema. The demo takes no real money, so it will not serve it. "
                "Name another database in DATABASE_URL, or unset it."
            )
        call_command("migrate", interactive=False, verbosity=0)
        if loader.is_empty():
            self._say("The demo cinema: theatres, films and two weeks of shows")
            loader.load()
        else:
            self._say("The demo cinema: two weeks of shows from today")
            loader.top_up()
        loader.illustrate()
        sales.sell()
        sales.sell_to(loader.MOVIEGOER[0])
        if with_year:
            self._say(f"{year_house.NAME}: a year of shows and sales up to today")
            year.load()
        self._say("Static files")
        assets.collect()
        self.stdout.write("\nSign in as")
        for email, password, _ in (loader.MOVIEGOER, loader.OWNER, *([year_house.MANAGER] if with_year else [])):
            self.stdout.write(f"  {email:25} {password}")
        self.stdout.write(f"The owner’s PIN at the tills is {loader.PIN}.")
        if ticket := door.ticket_to_scan():
            self.stdout.write("\nScan this ticket’s page with a phone")
            self.stdout.write(f"  {ticket.get_absolute_url()}")
            self.stdout.write(f"  at {reverse('staff-door', args=[ticket.show.screen.theatre.slug])}")

    def _say(self, step: str) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(step))
        self.stdout.flush()


def port_number(text: str) -> int:
    """Read a port number. Raises ArgumentTypeError."""
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise ArgumentTypeError(f"“{text}” is not a port, a number from 1 to 65535.")
    return int(text)


def check_free(port: int) -> None:
    """Raise CommandError if the port is not available."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except PermissionError:
            raise CommandError(f"Port {port} needs administrator rights. Choose another with --port.") from None
        except OSError:
            raise CommandError(f"Port {port} is in use. Choose another with --port.") from None


def serve(port: int) -> NoReturn:
    """Replace this process by the server, as in production."""
    os.environ |= {"DEMO": "true", "SITE_URL": os.environ.get("SITE_URL") or f"http://{HOST}:{port}"}
    os.environ["PYTHONPATH"] = str(settings.BASE_DIR)
    arguments = ["--config", str(settings.BASE_DIR / "gunicorn.conf.py"), "--bind", f"{HOST}:{port}", "--workers", "2"]
    program = [sys.executable, "-m", "gunicorn", *arguments, "--log-level", "warning"]
    os.execv(sys.executable, program)  # noqa: S606, runs without a shell
