"""Who may book by JSON: tokens, and tries at them."""

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from cinema.models import ApiToken, StaffRole
from cinema.services.people.failed_tries import LIMITS, Kind
from tests.factories import BOX_OFFICE, ShowFactory
from tests.views.api.programs import nothing_is_booked

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic a2lvc2s6", "Bearer é"])
def test_nobody_books_without_a_token(show, kiosk, header):
    headers = {"Authorization": header} if header is not None else {}
    answer = kiosk.client.post(reverse("api-book"), "{}", content_type="application/json", headers=headers)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["error"]


def test_tries_at_a_token_are_counted_by_address_and_never_against_a_good_one(show, kiosk):
    def ask(token, address):
        headers = {"Authorization": f"Bearer {token}"}
        return kiosk.client.post(
            reverse("api-book"), b"{}", content_type="application/json", headers=headers, REMOTE_ADDR=address
        )

    most = LIMITS[Kind.TOKEN].from_one
    answers = [ask(f"wrong {n}", "192.0.2.1") for n in range(most + 1)]

    assert [answer.status_code for answer in answers] == [401] * most + [429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 3600
    assert "invalid token" in answers[-1].json()["error"]
    assert answers[-1]["Cache-Control"] == "no-store"
    assert ask("wrong", "192.0.2.2").status_code == 401
    assert ask(kiosk.token, "192.0.2.1").status_code == 400


def test_asking_without_any_token_is_no_try_at_one(kiosk):
    for _n in range(LIMITS[Kind.TOKEN].from_one + 1):
        answer = kiosk.client.post(reverse("api-book"), b"{}", content_type="application/json")

    assert answer.status_code == 401


def test_the_scheme_may_be_written_in_any_case(show, kiosk):
    headers = {"Authorization": f"bearer {kiosk.token}"}
    answer = kiosk.client.post(reverse("api-book"), b"{}", content_type="application/json", headers=headers)

    assert answer.status_code == 400


def test_a_role_that_is_taken_away_counts_no_more_at_once(kiosk):
    show = ShowFactory(screen__plan="aaaa\naaaaaaaa", screen__theatre__single_seats="REFUSE")
    StaffRole.objects.create(user=kiosk.user, theatre=show.screen.theatre, role=BOX_OFFICE)
    assert kiosk.book(show, "A1 A2 A3").status_code == 201

    StaffRole.objects.all().delete()

    assert kiosk.book(show, "B2 B3").status_code == 409


def test_the_token_of_someone_locked_out_is_worth_nothing(show, kiosk):
    kiosk.user.is_active = False
    kiosk.user.save()

    assert kiosk.book(show, "A1").status_code == 401


def test_an_expired_token_is_named_and_is_no_guess(show, kiosk):
    ApiToken.objects.update(expires_at=Now())

    answers = [kiosk.book(show, "A1") for _n in range(LIMITS[Kind.TOKEN].from_one + 1)]

    assert {answer.status_code for answer in answers} == {401}
    assert answers[0]["WWW-Authenticate"] == "Bearer"
    assert answers[0].json()["code"] == "token_expired"
    assert nothing_is_booked()


def test_being_signed_in_in_a_browser_does_not_book(show, kiosk):
    kiosk.client.force_login(kiosk.user)
    kiosk.token = "wrong"

    assert kiosk.book(show, "A1").status_code == 401


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_booking_is_a_post(kiosk, method):
    answer = getattr(kiosk.client, method)(reverse("api-book"), headers=kiosk.headers)

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert answer["Content-Type"] == "application/json"
