"""``manage.py demo`` before it loads anything: what it rejects, and how it starts the server."""

import io
import os
import socket
import sys
from time import time

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from cinema.demo import assets, loader, sales, year, year_house
from cinema.management.commands import demo
from cinema.models import Movie, Theatre, User
from tests.factories import MovieFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def nothing_prepared(monkeypatch):
    monkeypatch.setattr(demo.Command, "_prepare", lambda self, **options: None)


def test_half_a_load_leaves_nothing(monkeypatch):
    monkeypatch.setattr(loader, "top_up", _interrupt)
    with pytest.raises(CommandError, match="Run the same command again"):
        call_command("demo", "--no-server", stdout=io.StringIO())
    assert not Theatre.objects.exists()
    assert not Movie.objects.exists()
    assert not User.objects.exists()


def _interrupt() -> None:
    raise KeyboardInterrupt


def test_a_real_cinema_is_not_changed():
    movie = MovieFactory()
    with pytest.raises(CommandError, match="This database holds another cinema"):
        call_command("demo", "--no-server")
    assert list(Movie.objects.all()) == [movie]
    assert not Theatre.objects.exists()


def test_a_busy_port_is_reported_first():
    out = io.StringIO()
    with socket.socket() as listener:
        listener.bind((demo.HOST, 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is in use. Choose another with --port."):
            call_command("demo", f"--port={port}", stdout=out)
    assert out.getvalue() == ""


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", ""])
def test_what_is_no_port_is_refused(port):
    with pytest.raises(CommandError, match="is not a port"):
        call_command("demo", f"--port={port}")


def test_it_becomes_the_production_server_whatever_directory_it_runs_in(nothing_prepared, monkeypatch, tmp_path):
    started = []
    monkeypatch.setattr(os, "execv", lambda path, arguments: started.append((path, arguments)))
    monkeypatch.setattr(os, "environ", {})
    monkeypatch.chdir(tmp_path)
    out = io.StringIO()
    call_command("demo", "--port=8199", stdout=out)
    [(path, arguments)] = started
    assert path == sys.executable
    assert arguments[:3] == [sys.executable, "-m", "gunicorn"]
    assert arguments[arguments.index("--config") + 1] == str(settings.BASE_DIR / "gunicorn.conf.py")
    assert arguments[arguments.index("--bind") + 1] == "127.0.0.1:8199"
    assert os.environ == {
        "DEMO": "true",
        "SITE_URL": "http://127.0.0.1:8199",
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    assert "http://127.0.0.1:8199/" in out.getvalue()


def test_static_files_are_collected_once_and_again_when_one_changes(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATICFILES_DIRS = [tmp_path / "own"]
    style = tmp_path / "own" / "style.css"
    style.parent.mkdir()
    style.write_text("a {}")
    assert assets.collect()
    assert not assets.collect()
    style.write_text("b { color: red }")
    os.utime(style, (time() + 60, time() + 60))
    assert assets.collect()
    assert (settings.STATIC_ROOT / "style.css").read_text() == "b { color: red }"
    assert not (settings.STATIC_ROOT / "bootstrap" / "js").exists()


def test_the_command_creates_it_after_the_demo_and_names_its_manager(monkeypatch):
    calls = []
    for module, name in [(loader, "load"), (sales, "sell"), (sales, "sell_to"), (year, "load"), (assets, "collect")]:
        monkeypatch.setattr(module, name, lambda *args, step=(module.__name__, name): calls.append(step))
    out = io.StringIO()
    call_command("demo", "--no-server", "--year", stdout=out)
    assert calls.index(("cinema.demo.loader", "load")) < calls.index(("cinema.demo.year", "load"))
    assert year_house.MANAGER[0] in out.getvalue()
    calls.clear()
    call_command("demo", "--no-server", stdout=io.StringIO())
    assert ("cinema.demo.year", "load") not in calls


def test_a_real_cinema_gets_no_demo_year():
    MovieFactory()
    with pytest.raises(CommandError, match="This database holds another cinema"):
        call_command("demo", "--no-server", "--year")
    assert not Theatre.objects.exists()
