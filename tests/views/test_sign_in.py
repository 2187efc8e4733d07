"""Guessing passwords is stopped without locking others out; requests reveal nothing about which accounts exist;
and what happened stands in the audit trail."""

import re
from collections.abc import Callable
from datetime import timedelta
from unittest import mock

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cinema.models import AuditEvent, MailRequest, User
from cinema.services.people.mail_requests import FROM_ONE, TO_ONE
from tests.factories import PASSWORD, UserFactory
from tests.mails import links, outbox
from tests.views.browsers import text

pytestmark = pytest.mark.django_db

HOME, ELSEWHERE = "203.0.113.7", "198.51.100.1"
KNOWN, UNKNOWN = "asha@example.org", "nobody@example.org"


@pytest.fixture(autouse=True)
def asha() -> User:
    return UserFactory(email=KNOWN, is_staff=True)


def sign_in(email: str = KNOWN, password: str = "wrong", client_ip: str = HOME) -> HttpResponse:
    return Client(REMOTE_ADDR=client_ip).post(reverse("sign-in"), {"username": email, "password": password})


def fail(times: int, **how: str) -> None:
    for _ in range(times):
        sign_in(**how)


# --- Guessing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
def test_after_too_many_failures_the_time_to_wait_is_shown(email):
    fail(4, email=email)

    response = sign_in(email)

    assert (response.status_code, response["Retry-After"]) == (429, "900")
    assert "Please try again in 15 min, or choose a new password." in text(response)
    assert "no-store" in response["Cache-Control"]


def test_the_admin_has_no_way_in_of_its_own():
    assert (
        Client()
        .post(reverse("admin:login"), {"username": KNOWN, "password": PASSWORD})
        .url.startswith(reverse("sign-in"))
    )


def test_then_the_right_password_is_refused_there_and_accepted_elsewhere():
    fail(5)

    assert sign_in(password=PASSWORD).status_code == 429
    assert sign_in(password=PASSWORD, client_ip=ELSEWHERE).status_code == 302


def test_writing_the_address_otherwise_gives_no_further_tries():
    fail(4)

    assert sign_in(" ASHA@Example.org ").status_code == 429


def test_a_forged_header_gives_no_further_tries():
    fail(4)
    client = Client(REMOTE_ADDR=HOME, HTTP_X_FORWARDED_FOR=ELSEWHERE)

    response = client.post(reverse("sign-in"), {"username": KNOWN, "password": "wrong"})

    assert response.status_code == 429


def test_a_colleague_at_the_same_address_signs_in():
    fail(5)
    UserFactory(email="ben@example.org")

    assert sign_in("ben@example.org", PASSWORD).status_code == 302


def test_one_address_does_not_try_one_account_after_the_other():
    for number in range(50):
        fail(1, email=f"user{number}@example.org")

    assert sign_in(password=PASSWORD).status_code == 429
    assert sign_in(password=PASSWORD, client_ip=ELSEWHERE).status_code == 302


def test_signing_in_to_ones_own_account_clears_no_failures_at_others():
    UserFactory(email="ben@example.org")
    fail(4)
    sign_in("ben@example.org", PASSWORD)

    assert sign_in().status_code == 429


def test_signing_in_after_some_mistakes_starts_anew():
    fail(4)
    sign_in(password=PASSWORD)
    fail(4)

    assert sign_in(password=PASSWORD).status_code == 302


def test_a_lockout_links_to_the_password_reset():
    fail(4)

    assert f'<a class="btn btn-primary" href="{reverse("password-reset")}">' in sign_in().content.decode()


def test_a_password_reset_by_mail_ends_the_lockout_for_that_client_only():
    fail(5)
    fail(5, client_ip=ELSEWHERE)
    reset(KNOWN)
    [link] = links(outbox()[-1])
    client, new = Client(REMOTE_ADDR=HOME), "a wholly new secret"
    form = client.get(link, follow=True).request["PATH_INFO"]
    client.post(form, {"new_password1": new, "new_password2": new})

    assert sign_in(password=new).status_code == 302
    assert sign_in(password=new, client_ip=ELSEWHERE).status_code == 429


def test_of_a_failure_no_email_address_or_browser_is_stored():
    client = Client(REMOTE_ADDR=HOME, HTTP_USER_AGENT="Asha's telephone", HTTP_ACCEPT="text/asha")
    for _ in range(2):
        client.post(reverse("sign-in"), {"username": KNOWN, "password": "wrong"}, QUERY_STRING=f"next=/{KNOWN}/")

    [kept] = AccessAttempt.objects.values()

    assert kept["failures_since_start"] == 2
    assert not [value for value in kept.values() if re.search(r"asha|203\.0|wrong", str(value), re.IGNORECASE)]


# --- A known and an unknown address ------------------------------------------------------------


def reset(email: str) -> HttpResponse:
    return Client(REMOTE_ADDR=HOME).post(reverse("password-reset"), {"email": email})


def sign_up(email: str) -> HttpResponse:
    return Client(REMOTE_ADDR=HOME).post(reverse("sign-up"), {"email": email, "name": "Ben"})


class Effort:
    """What an answer cost: the statements, by kind and table, the passwords hashed, and the mails."""

    def __init__(self, ask: Callable[[], HttpResponse]) -> None:
        before = len(outbox())
        encode = MD5PasswordHasher.encode
        with (
            CaptureQueriesContext(connection) as queries,
            mock.patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=encode) as hashed,
        ):
            self.response = ask()
        self.statements = [re.sub(r"'[^']*'|\d+", "?", query["sql"])[:60] for query in queries]
        self.hashed, self.mails = hashed.call_count, len(outbox()) - before

    @property
    def answer(self) -> tuple[int, str, str]:
        """Without what differs from one visit to the next."""
        body = re.sub(r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"', "", self.response.content.decode())
        return self.response.status_code, self.response.headers.get("Location", ""), body


def no_password() -> str:
    return UserFactory(email="invited@example.org", password=None).email


def closed() -> str:
    return UserFactory(email="closed@example.org", is_active=False).email


@pytest.mark.parametrize("known", [lambda: KNOWN, no_password, closed])
@pytest.mark.parametrize("ask", [sign_in, reset, sign_up])
def test_a_known_and_an_unknown_address_get_the_same_answer_for_the_same_work(ask, known):
    email = known()

    yes, no = Effort(lambda: ask(email)), Effort(lambda: ask(UNKNOWN))

    assert tuple(part.replace(email, UNKNOWN) if isinstance(part, str) else part for part in yes.answer) == no.answer
    assert yes.statements == no.statements
    assert (yes.hashed, yes.mails) == (no.hashed, no.mails)
    assert (no.hashed, no.mails) == ((1, 0) if ask is sign_in else (0, 1))


def test_a_response_that_took_other_work_is_detected():
    assert Effort(lambda: sign_in(password=PASSWORD)).statements != Effort(lambda: sign_in(UNKNOWN)).statements


# --- Mails to anybody --------------------------------------------------------------------------


@pytest.mark.parametrize("ask", [reset, sign_up])
@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
def test_mails_to_one_recipient_are_limited(ask, email):
    for _ in range(TO_ONE):
        ask(email)

    response = ask(email.upper())

    assert response.status_code == 429
    assert "We’ve already emailed this address several times." in text(response)
    assert len(outbox()) == TO_ONE


def test_the_time_to_wait_is_that_until_the_first_of_the_mails_no_longer_counts():
    for minutes in (58, 40, 20):
        reset(UNKNOWN)
        MailRequest.objects.filter(pk=MailRequest.objects.latest("pk").pk).update(
            at=timezone.now() - timedelta(minutes=minutes)
        )

    response = reset(UNKNOWN)

    assert 60 < int(response["Retry-After"]) <= 120
    assert "try again in 2 min." in text(response)


def test_mails_from_one_client_are_limited_and_the_reason_is_shown():
    for number in range(FROM_ONE):
        reset(f"user{number}@example.org")

    response = sign_up(UNKNOWN)

    assert response.status_code == 429
    assert "Too many emails were requested from your network (20 in an hour)" in text(response)
    assert "try again in 60 min." in text(response)


# --- The audit trail ---------------------------------------------------------------------------


def trail() -> list[tuple[str, User | None, str]]:
    return [
        (action_form.action, action_form.user, action_form.subject) for action_form in AuditEvent.objects.order_by("pk")
    ]


def test_signing_in_and_out_stands_in_the_audit_trail_without_where_it_was(asha):
    client = Client(REMOTE_ADDR=HOME)
    client.post(reverse("sign-in"), {"username": KNOWN, "password": PASSWORD})
    client.post(reverse("sign-out"))

    assert trail() == [("SIGN_IN", asha, f"account {asha.pk}"), ("SIGN_OUT", asha, f"account {asha.pk}")]
    assert {len(action_form.details["origin"]) for action_form in AuditEvent.objects.all()} == {32}


def test_failing_and_being_locked_out_do_and_trying_on_does_not_fill_it(asha):
    fail(7)

    account = f"account {asha.pk}"
    assert trail() == [*[("SIGN_IN_FAILED", asha, account)] * 4, ("LOCK_OUT", asha, account)]


def test_of_an_email_without_an_account_only_a_fingerprint_is_recorded():
    fail(1, email=UNKNOWN)

    [(action, user, subject)] = trail()
    assert (action, user) == ("SIGN_IN_FAILED", None)
    assert re.fullmatch(r"no account: [0-9a-f]{32}", subject)


def test_passwords_changed_and_reset_stand_there(asha, settings):
    new, newer = "a wholly new secret", "an even newer secret"
    client = Client()
    client.force_login(asha)
    client.post(reverse("password-change"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    reset(KNOWN)
    [link] = links(outbox()[-1])
    form = Client().get(link, follow=True)
    form.client.post(form.request["PATH_INFO"], {"new_password1": newer, "new_password2": newer})

    account = f"account {asha.pk}"
    assert trail() == [("PASSWORD", asha, account), ("PASSWORD_RESET", asha, account)]
