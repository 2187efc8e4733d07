"""The log of a production site: JSON lines without personal data and secrets."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from logging.config import dictConfig
from smtplib import SMTPRecipientsRefused
from socket import SHUT_WR, socketpair
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from gunicorn.config import Config
from gunicorn.workers.sync import SyncWorker

from cinema.gateways.base import Result
from cinema.gateways.sandbox import decide
from cinema.mail.sending import send_mails
from cinema.models import Payment, Ticket, User
from cinema.observability import logs
from cinema.observability.metrics import exposition
from tests.factories import ShowFactory, UserFactory, seat_ids
from tests.views.api.programs import Program
from tests.views.browsers import answers, browser

NAME, EMAIL, PHONE = "Xanthippe Quisling", "xanthippe@quisling.example", "+91 98765 43210"
IN_EVERY_LINE = {"time", "level", "logger", "message", "request_id", "method", "route"}
Lines = Callable[[], list[dict[str, Any]]]


def write_as(*, plain: bool) -> StringIO:
    """Capture everything that is logged from now on, in the format of production."""
    written, config = StringIO(), logs.config(plain=plain)
    config["handlers"]["stderr"]["stream"] = written
    dictConfig(config)
    return written


@pytest.fixture
def written() -> Iterator[StringIO]:
    yield write_as(plain=False)
    dictConfig(settings.LOGGING)


@pytest.fixture
def lines(written: StringIO) -> Lines:
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


class Visitor:
    """A buyer with name, address and phone number. ``answers`` are the responses they got."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch, self.client, self.answers = patch, browser(), list[HttpResponse]()
        self.user = UserFactory(name=NAME, email=EMAIL, phone=PHONE)
        self.client.force_login(self.user)
        self.program = Program(self.user)
        self.show = ShowFactory(screen__plan="aaaa")
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", self.has_no_mailbox)
        patch.setattr("cinema.gateways.sandbox.send_webhook", lambda charge, delay: None)

    def get(self, address: str, *said: Any, **more: Any) -> HttpResponse:
        return self.gets(self.client.get(address, *said, **more))

    def post(self, address: str, *said: Any, **more: Any) -> HttpResponse:
        return self.gets(self.client.post(address, *said, **more))

    def gets(self, answer: HttpResponse) -> HttpResponse:
        self.answers.append(answer)
        return answer

    def books(self) -> None:
        self.get("/", {"q": EMAIL})
        to = self.post(reverse("show-hold", args=[self.show.pk]), {"seats": seat_ids(self.show, "A1 A2")})["Location"]
        who = {"name": NAME, "email": EMAIL, "phone": PHONE, "mode": "UPI"}
        self.post(to, answers(self.get(to)) | who)
        self.payment = Payment.objects.get()
        decide(reference=self.payment.code, result=Result.PAID)
        self.get(self.payment.get_absolute_url())
        self.ticket = Ticket.objects.get(status=Ticket.Status.CONFIRMED)
        self.get(self.ticket.get_absolute_url())
        self.post(reverse("find-ticket"), {"reference": self.ticket.reference, "email": EMAIL})
        send_mails()

    def is_refused(self) -> None:
        self.post(reverse("show-hold", args=[self.show.pk]), {"seats": seat_ids(self.show, "A1")})
        self.get(f"/nowhere/{EMAIL}/")
        self.get("/", headers={"Host": EMAIL})
        self.get("/", headers={"Cookie": f"sessionid={EMAIL}"})
        self.gets(Client(enforce_csrf_checks=True).post(self.ticket.get_absolute_url(), {"name": NAME}))
        self.post(reverse("payment-webhook", args=["sandbox"]), self.payment.code, content_type="text/plain")
        self.gets(self.program.book(self.show, "A1", payment_mode=EMAIL))

    def meets_our_mistakes(self) -> None:
        for mistake in (self.is_quoted, self.is_written_twice, self.is_looked_for):
            self.patch.setattr("cinema.views.live_map.live_state", mistake)
            self.get(reverse("show-seat-map", args=[self.show.pk]), {"email": EMAIL})

    def has_no_mailbox(self, *args: Any) -> None:
        raise SMTPRecipientsRefused({EMAIL: (550, f"{NAME} does not live here".encode())})

    def is_quoted(self, pk: int) -> None:
        raise ValueError(f"{NAME} <{EMAIL}>\n{PHONE} {self.ticket.code}") from KeyError(self.ticket.code)

    def is_written_twice(self, pk: int) -> None:
        User.objects.create(name=NAME, email=EMAIL, phone=PHONE)

    def is_looked_for(self, pk: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT '{EMAIL}' FROM cinema_nowhere")

    @property
    def secrets(self) -> list[str]:
        """The texts that must not be logged."""
        codes = [self.ticket.code, self.ticket.hold.code, self.payment.code, self.ticket.hold.buyer, self.program.token]
        cookies = [cookie.value for cookie in self.client.cookies.values() if cookie.value]
        return [NAME, EMAIL, PHONE, "anthippe", "uisling", "98765 43210", "9876543210", "127.0.0.1", *codes, *cookies]


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Visitor:
    return Visitor(monkeypatch)


def test_a_booking_and_its_failures_log_no_personal_data(visitor, written, lines):
    visitor.books()
    visitor.is_refused()
    visitor.meets_our_mistakes()

    assert not [secret for secret in visitor.secrets if secret in written.getvalue() + exposition({}, {}).decode()]
    assert all(line.keys() >= IN_EVERY_LINE for line in lines())
    answered = [line for line in lines() if line["message"] == "answered"]
    assert [line["status"] for line in answered] == [answer.status_code for answer in visitor.answers]
    assert [line["request_id"] for line in answered] == [answer["X-Request-ID"] for answer in visitor.answers]
    assert len({line["request_id"] for line in answered}) == len(answered)
    assert {200, 303, 400, 403, 404, 409, 500} <= {line["status"] for line in answered}
    assert ("WARNING", "cinema.mail.sending") in {(line["level"], line["logger"]) for line in lines()}
    assert ("ERROR", "cinema.requests") in {(line["level"], line["logger"]) for line in lines()}


def test_the_check_above_finds_personal_data_in_exception_texts(visitor):
    visitor.books()
    written = write_as(plain=True)

    visitor.meets_our_mistakes()
    dictConfig(settings.LOGGING)

    assert {NAME, EMAIL, PHONE, visitor.ticket.code} <= set(visitor.secrets)
    assert all(secret in written.getvalue() for secret in (NAME, EMAIL, PHONE, visitor.ticket.code))


@pytest.mark.both
def test_a_failure_is_logged_with_class_causes_stack_and_code(visitor, lines):
    visitor.books()
    visitor.meets_our_mistakes()

    ours, twice, _ = [line["errors"] for line in lines() if line["message"] == "A request failed."]
    assert [error["kind"] for error in ours] == ["ValueError", "KeyError"]
    assert ours[0]["at"][-1].startswith("tests.observability.test_logs:")
    assert [error["kind"] for error in twice] == ["IntegrityError", "UniqueViolation"] or (
        connection.vendor == "sqlite" and [error["code"] for error in twice[1:]] == ["SQLITE_CONSTRAINT_UNIQUE"]
    )
    if connection.vendor == "postgresql":
        assert (twice[1]["code"], "email" in twice[1]["constraint"]) == ("23505", True)


def test_every_record_is_one_line(written, lines):
    logging.getLogger("cinema.mail.compose").warning("one\nline\r\n%s", "\u2028\x85and more")

    [line] = lines()
    assert written.getvalue().count("\n") == 1
    assert line["message"] == "one\nline\r\n\u2028\x85and more"


def test_messages_of_libraries_are_logged_as_places_in_the_code(written, lines):
    logging.getLogger("django.security.DisallowedHost").error(f"Invalid HTTP_HOST header: {EMAIL}")
    logging.getLogger("gunicorn.error").error("Error handling request %s by %d", f"/tickets/{EMAIL}/", 7)

    assert [line["message"].partition(":")[0] for line in lines()] == ["test_logs", "Error handling request … by 7"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (f"GET /tickets/{EMAIL}", "InvalidRequestLine"),
        (f"{EMAIL} / HTTP/1.1", "InvalidRequestMethod"),
        (f"GET / {EMAIL}", "InvalidHTTPVersion"),
    ],
)
def test_a_malformed_request_is_logged_with_the_class_of_error_only(written, lines, line, kind):
    worker = SyncWorker(0, 0, [], None, 1, Config(), logging.getLogger("gunicorn.error"))
    server, visitor = socketpair()
    visitor.sendall(f"{line}\r\n\r\n".encode())
    visitor.shutdown(SHUT_WR)
    worker.handle(None, server, ("203.0.113.7", 5000))

    assert b"400 Bad Request" in visitor.recv(1000)
    visitor.close()
    [said] = lines()
    assert (said["message"].partition(":")[0], said["errors"][0]["kind"]) == ("base", kind)
    assert not [secret for secret in (EMAIL, "quisling", "203.0.113") if secret in written.getvalue().lower()]


def test_records_outside_a_request_have_no_request_id(lines):
    logging.getLogger("cinema.services").warning("The sweep was here.")

    [line] = lines()
    assert (line["request_id"], line["method"], line["route"]) == ("-", "-", "-")
