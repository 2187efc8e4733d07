"""Properties of a production site that the demo, on plain HTTP, does not have; checked in its own process."""

import json
import subprocess
import sys

import pytest
from django.conf import settings

from tests.test_settings import CLEAN, PRODUCTION

pytestmark = pytest.mark.only("sqlite")  # the process has a database of its own

PROGRAM = """
import json
import sys
import django
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()
from django.core.management import call_command
from django.test import Client
from tests.management.commands.migrate import Command
call_command(Command(), verbosity=0)
from cinema.models import User
from tests.factories import ShowFactory
User.objects.create_user("asha@example.org", "seven wet umbrellas")
show = ShowFactory()
client = Client(headers={"Host": "cinema.example.org"}, raise_request_exception=False)
said = {}
def ask(name, answer):
    cookies = {cookie.key: [cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]]
               for cookie in answer.cookies.values() if cookie.value}
    said[name] = {"status": answer.status_code, "headers": dict(answer.headers), "cookies": cookies}
sign_in = {"username": "asha@example.org", "password": "seven wet umbrellas"}
ask("signing in", client.post("/account/sign-in/", sign_in, secure=True))
ask("a page", client.get(show.get_absolute_url(), secure=True))
ask("the details", client.post("/account/", {"name": "Asha", "phone": ""}, secure=True))
ask("a city", client.get("/", {"city": show.screen.theatre.city}, secure=True))
ask("a static file", client.get("/static/nothing.css", secure=True))
ask("a host that is not ours", client.get("/", headers={"Host": "evil.example"}))
ask("the switch between languages", client.post("/language/", {"language": "de"}, secure=True))
ask("a page by http", client.get("/account/?a=1"))
ask("the interface by http", client.get("/api/movies/"))
ask("the interface by https", client.get("/api/movies/", secure=True))
ask("the sandbox", client.get("/sandbox/x/", secure=True))
ask("watching a booking", client.get("/guide/trace/", secure=True))
ask("watching a booking, posted", client.post("/guide/trace/", {"watch": "booking"}, secure=True))
try:
    call_command("trace_booking")
except Exception as error:
    refused = str(error)
known = [name for name in sys.modules if name.startswith("cinema.trace.")]
print(json.dumps([said, refused, known]))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """What each page answers, why the command that watches a booking refuses, and what is imported to watch one."""
    database = tmp_path_factory.mktemp("production") / "cinema.sqlite3"
    environment = {"DATABASE_URL": f"sqlite:///{database}", "DJANGO_SETTINGS_MODULE": "cinema.settings"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        env=CLEAN | PRODUCTION | environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.fixture
def said(site):
    return site[0]


def test_every_cookie_is_sent_to_this_host_alone_by_https_alone_and_to_no_script(said):
    cookies = {name: said for answer in said.values() for name, said in answer["cookies"].items()}

    ours = ("sessionid", "csrftoken", "buyer", "city", "messages", "language")
    assert set(cookies) == {f"__Host-{name}" for name in ours}
    for name, found in cookies.items():
        assert found == [True, True, "Lax", "/", ""], name


def test_every_response_has_hsts_for_a_year(said):
    for name, answer in said.items():
        assert answer["headers"]["Strict-Transport-Security"] == "max-age=31536000", name
        assert "frame-ancestors 'none'" in answer["headers"]["Content-Security-Policy"], name


def test_http_redirects_a_page_to_https_and_is_refused_by_the_json_interface(said):
    page, program = said["a page by http"], said["the interface by http"]

    assert (page["status"], page["headers"]["Location"]) == (301, "https://cinema.example.org/account/?a=1")
    assert program["status"] == 403
    assert said["the interface by https"]["status"] == 200


def test_there_is_no_test_gateway_and_no_other_host(said):
    assert said["the sandbox"]["status"] == 404
    assert said["a host that is not ours"]["status"] == 400


def test_a_real_cinema_has_no_trace_of_bookings(site):
    said, refused, known = site

    assert said["watching a booking"]["status"] == 404
    assert said["watching a booking, posted"]["status"] == 404
    assert refused == "Bookings can be watched only in the demo, never at a real cinema."
    assert known == []
