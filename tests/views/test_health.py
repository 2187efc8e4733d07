"""For whoever keeps the cinema running: /healthz, /readyz and /metrics."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Now

from cinema.models import OutgoingMail, Payment
from cinema.observability.request_log import RequestLogMiddleware
from cinema.selectors.core import health
from cinema.services.core.outbox import Kind, post
from tests.factories import ShowFactory, booked, due, held, lapsed, waiting
from tests.views.browsers import browser
from tests.views.test_errors import database_away, database_read_only

pytestmark = pytest.mark.both
TOKEN = "a token of twenty characters and more"


@pytest.fixture(autouse=True)
def look_anew(monkeypatch):
    """No answer of the test before is good any more."""
    health._check.cache_clear()
    monkeypatch.setattr(health, "CACHED_FOR", 3600)


def ask_metrics(token=TOKEN):
    return browser().get("/metrics", headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def measured(settings):
    """An installation of one process whose figures can be read."""
    settings.METRICS_TOKEN, settings.DEBUG = TOKEN, True


@pytest.mark.django_db
def test_a_process_is_alive_without_asking_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = browser().get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_a_cinema_is_ready_when_its_database_is_there_and_up_to_date():
    answer = browser().get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "failing": []})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
@pytest.mark.parametrize("hosts", [["cinema.example.org"], [".example.org"], ["*"]])
def test_each_server_is_watched_by_plain_http_at_its_own_address(measured, settings, path, hosts):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = hosts, True

    answer = browser().get(path, headers={"Authorization": f"Bearer {TOKEN}", "Host": "10.0.0.5:8000"})

    assert answer.status_code == 200


@pytest.mark.django_db
def test_no_other_page_answers_for_another_host(settings):
    settings.ALLOWED_HOSTS = ["cinema.example.org"]

    assert browser().get("/", headers={"Host": "10.0.0.5:8000"}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_a_process_is_alive_but_not_ready():
    with database_away():
        alive, ready = browser().get("/healthz"), browser().get("/readyz")

    assert alive.status_code == 200
    assert (ready.status_code, ready.json()) == (503, {"ready": False, "failing": ["database"]})


@pytest.mark.django_db(transaction=True)
def test_a_cinema_whose_database_takes_no_changes_is_not_ready():
    with database_read_only():
        answer = browser().get("/readyz")

    assert (answer.status_code, answer.json()["failing"]) == (503, ["read-only"])


@pytest.mark.only("sqlite")
@pytest.mark.django_db
@pytest.mark.parametrize("write", [True, False])
def test_a_cinema_whose_file_cannot_be_written_to_is_not_ready(monkeypatch, tmp_path, write):
    (tmp_path / "cinema.sqlite3").touch()
    monkeypatch.setitem(connection.settings_dict, "NAME", tmp_path / "cinema.sqlite3")
    monkeypatch.setattr("os.access", lambda path, mode: write)  # who runs the tests may write anywhere

    assert browser().get("/readyz").json()["failing"] == ([] if write else ["read-only"])


@pytest.mark.django_db
def test_a_cinema_whose_migrations_are_not_applied_is_not_ready():
    MigrationRecorder.Migration.objects.filter(app="cinema").latest("applied").delete()

    answer = browser().get("/readyz")

    assert (answer.status_code, answer.json()["failing"]) == (503, ["migrations"])


@pytest.mark.django_db
def test_frequent_readiness_probes_query_the_database_once(django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        for _ in range(30):
            browser().get("/readyz")


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_probes_come_without_https(settings, address):
    settings.SECURE_SSL_REDIRECT = True

    assert browser().get(address).status_code == 200
    assert browser().get("/").status_code == 301


@pytest.mark.django_db
@pytest.mark.parametrize(("set_to", "sent"), [("", ""), ("", "None"), (TOKEN, ""), (TOKEN, TOKEN[:-1]), (TOKEN, "é")])
def test_metrics_need_the_token_of_the_environment(measured, settings, set_to, sent):
    settings.METRICS_TOKEN = set_to

    assert ask_metrics(sent).status_code == 404
    assert browser().get("/metrics").status_code == 404


@pytest.mark.django_db
def test_the_figures_say_what_waits(measured, django_assert_num_queries):
    show = ShowFactory(screen__plan="aaaaa")
    booked(show, "A1")
    lapsed(held(show, "A2", buyer="ben"))
    held(show, "A3", buyer="cleo")
    for number in range(3):
        waiting(show, f"wanda{number}@example.org", party=5)

    OutgoingMail.objects.filter(pk=OutgoingMail.objects.first().pk).update(due_at=None, failed_at=Now())

    with django_assert_num_queries(14):
        said = ask_metrics().content.decode()

    lengths = {"payments": 1, "refunds": 0, "holds": 2, "waiting": 3, "mails": 2, "mails given up": 1}
    for queue, length in lengths.items():
        assert f'cinema_waiting{{queue="{queue}"}} {length}.0' in said
    assert "cinema_request_seconds_bucket" in said


@pytest.mark.django_db
def test_the_figures_say_what_should_have_been_tried_by_now_and_what_fails(measured):
    show = ShowFactory(screen__plan="aaaaa")
    first, second = booked(show, "A1"), booked(show, "A2", buyer="ben")
    due(first, ago=timedelta(seconds=90))
    post(kind=Kind.NO_ACCOUNT, about="asha@example.org")
    due(OutgoingMail.objects.get(), ago=timedelta(seconds=60))
    Payment.objects.filter(pk=second.pk).update(failing_since=Now())

    said = ask_metrics().content.decode()

    figures = {name: float(at) for name, at in re.findall(r"^(cinema_(?:due|failing).*) (\S+)$", said, re.MULTILINE)}
    assert figures['cinema_due{queue="payments"}'] == figures['cinema_failing{queue="payments"}'] == 1
    assert 90 <= figures['cinema_due_seconds{queue="payments"}'] < 150
    assert 60 <= figures['cinema_due_seconds{queue="mails"}'] < 150
    assert figures['cinema_due{queue="refunds"}'] == figures['cinema_due_seconds{queue="refunds"}'] == 0


@pytest.mark.django_db(transaction=True)
def test_the_figures_are_there_while_the_database_is_away_but_for_what_waits(measured):
    with database_away():
        answer = ask_metrics()

    assert answer.status_code == 200
    assert "cinema_failures" in answer.content.decode()
    assert "cinema_waiting{" not in answer.content.decode()


def test_a_server_whose_processes_have_nowhere_to_add_up_does_not_start(settings):
    settings.METRICS_TOKEN = TOKEN

    with pytest.raises(ImproperlyConfigured, match="PROMETHEUS_MULTIPROC_DIR"):
        RequestLogMiddleware(lambda request: None)
