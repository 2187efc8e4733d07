"""The lifetime of sessions, and what ends them sooner."""

from base64 import urlsafe_b64decode
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.core.signing import get_cookie_signer
from django.urls import reverse
from django.utils import timezone

from cinema.models import StaffRole, User
from cinema.models.codes import new_code
from cinema.services.people.pins import set_pin
from cinema.services.people.tokens import create_token
from cinema.web import sessions
from cinema.web.middleware import COOKIE
from cinema.web.sessions import DAY, HOUR, MINUTE
from tests.factories import BOX_OFFICE, PASSWORD, USHER, ShowFactory, TheatreFactory, UserFactory, held, owner, staff
from tests.mails import outbox
from tests.security.site import answers
from tests.views.browsers import browser

pytestmark = pytest.mark.django_db

NEW = "seven wet umbrellas"


@pytest.fixture
def later(monkeypatch):
    """``later(seconds)``: let so much time pass for sessions and their rows."""
    passed = [0]
    now = sessions.time.time

    class Clock:
        @staticmethod
        def time() -> float:
            return now() + passed[0]

    monkeypatch.setattr(sessions, "time", Clock)

    def wait(seconds: int) -> None:
        passed[0] += seconds
        for row in Session.objects.all():
            row.expire_date -= timedelta(seconds=seconds)
            row.save()

    return wait


def signed_in(user, password: str = PASSWORD):
    client = browser()
    assert client.post(reverse("sign-in"), {"username": user.email, "password": password}).status_code == 302
    return client


def is_in(client) -> bool:
    return client.get(reverse("account")).status_code == 200


@pytest.mark.parametrize("who", [lambda: staff(TheatreFactory(), USHER), owner])
def test_staff_are_signed_out_after_an_hour_without_use(who, later):
    client = signed_in(who())
    later(59 * MINUTE)
    assert is_in(client)
    later(59 * MINUTE)
    assert is_in(client)
    later(61 * MINUTE)
    assert not is_in(client)


def test_staff_sign_in_again_each_day(later):
    client = signed_in(owner())
    for _ in range(15):
        later(50 * MINUTE - 1)
        busy = is_in(client)
    assert not busy
    assert not Session.objects.exists()


def as_usher(user, theatre):
    StaffRole.objects.create(user=user, theatre=theatre, role=USHER)


def as_owner(user, theatre):
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)


@pytest.mark.parametrize(
    ("appoint", "address"),
    [
        (as_usher, "/staff/"),
        (as_usher, "/staff/theatres/{}/"),
        (as_owner, "/staff/theatres/"),
        (as_owner, "/admin/cinema/show/"),
    ],
)
def test_a_signed_in_user_who_becomes_staff_signs_in_again(appoint, address):
    user, theatre = UserFactory(), TheatreFactory()
    client, address = signed_in(user), address.format(theatre.slug)
    client.get(address)
    assert is_in(client)  # who has no business there stays signed in
    appoint(user, theatre)

    answer = client.get(address, follow=True)
    assert answer.request["PATH_INFO"] == reverse("sign-in")
    assert not is_in(client)
    client.post(reverse("sign-in"), {"username": user.email, "password": PASSWORD})
    assert client.get(address, follow=True).request["PATH_INFO"].startswith(address)


def test_a_moviegoer_is_signed_out_after_two_weeks_away_and_a_month_in_any_case(later):
    client = signed_in(UserFactory())
    later(13 * DAY)
    assert is_in(client)
    later(13 * DAY)
    assert is_in(client)
    later(5 * DAY)
    assert not is_in(client)
    client = signed_in(UserFactory())
    later(14 * DAY + HOUR)
    assert not is_in(client)


def test_a_session_from_before_there_were_limits_has_ended():
    client = signed_in(UserFactory())
    session = client.session
    del session["ends"]
    session.save()
    assert not is_in(client)


def test_a_page_is_no_write_unless_the_last_was_minutes_ago(later, django_assert_num_queries):
    client = signed_in(UserFactory())
    with django_assert_num_queries(4):
        client.get(reverse("account"))
    later(6 * MINUTE)
    client.get(reverse("account"))
    assert Session.objects.get().expire_date > timezone.now() + timedelta(days=14) - timedelta(minutes=1)


def test_signing_in_makes_a_new_session_and_the_old_one_is_worth_nothing():
    client = browser()
    client.cookies["sessionid"] = planted = "a" * 32
    client.post(reverse("sign-in"), {"username": UserFactory().email, "password": PASSWORD})
    first = client.cookies["sessionid"].value
    client.post(reverse("sign-out"))
    client.post(reverse("sign-in"), {"username": UserFactory().email, "password": PASSWORD})

    assert len({planted, first, client.cookies["sessionid"].value}) == 3
    assert set(Session.objects.values_list("pk", flat=True)) == {client.cookies["sessionid"].value}


def test_signing_out_ends_the_session_itself_and_clears_the_browser():
    client = signed_in(UserFactory())
    stolen = client.cookies["sessionid"].value
    found = client.post(reverse("sign-out"))
    client.cookies["sessionid"] = stolen

    assert found["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(client)


def test_every_other_way_out_clears_the_browser_too():
    theatre = TheatreFactory()
    seller = staff(theatre, BOX_OFFICE)
    set_pin(theatre=theatre, user=seller, pin="4711", by=seller)
    outs = [
        signed_in(owner()).post(reverse("admin:logout")),
        signed_in(seller).post(reverse("staff-sell-share", args=[theatre.slug])),
        signed_in(UserFactory()).post(reverse("account-delete"), {"password": PASSWORD}),
    ]

    assert [out.status_code for out in outs] == [302, 303, 303]
    assert {out.get("Clear-Site-Data") for out in outs} == {'"cache", "storage"'}


def test_a_new_password_signs_out_everywhere_else_and_is_mailed():
    user = UserFactory()
    here, elsewhere = signed_in(user), signed_in(user)
    said = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    here.post(reverse("password-change"), said)

    assert (is_in(here), is_in(elsewhere)) == (True, False)
    [message] = outbox()
    assert (message.to, "has changed" in message.subject) == ([user.email], True)
    assert NEW not in message.body + message.alternatives[0].content


def test_a_password_reset_signs_out_everywhere_and_is_mailed(settings):
    user = UserFactory()
    elsewhere, client = signed_in(user), browser()
    client.post(reverse("password-reset"), {"email": user.email})
    link = next(word for word in outbox().pop().body.split() if word.startswith(settings.SITE_URL))
    form = client.get(link.removeprefix(settings.SITE_URL), follow=True).request["PATH_INFO"]
    client.post(form, {"new_password1": NEW, "new_password2": NEW})

    assert not is_in(elsewhere)
    assert [message.to for message in outbox()] == [[user.email]]
    assert signed_in(user, NEW)


def test_a_new_password_asks_for_the_present_one():
    user = UserFactory()
    client = signed_in(user)
    said = {"old_password": "not it", "new_password1": NEW, "new_password2": NEW}

    assert client.post(reverse("password-change"), said).status_code == 400
    assert not outbox()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_removed_member_of_staff_loses_access_at_once():
    user = owner()
    client = signed_in(user)
    user.is_active = False
    user.save()

    assert not is_in(client)


def test_the_key_of_a_session_is_long_and_random():
    keys = {signed_in(UserFactory()).cookies["sessionid"].value for _ in range(3)}

    assert len(keys) == 3
    assert all(len(key) == 32 and key.isalnum() for key in keys)  # 36 ** 32 is more than 2 ** 165


def test_signing_out_is_offered_on_every_page_of_an_account_and_of_the_back_office():
    for name, page in answers().items():
        if (
            not name.startswith("admin:")
            and page.status_code == 200
            and page.headers["Content-Type"].startswith("text/html")
            and b"<html" in page.content
            and name not in ("staff-sell-print", "staff-sell-display")  # a slip of paper, and for buyers
            and not name.startswith("embed")  # parts of other websites
            and name not in ("ticket-kept", "kept-tickets")  # kept on a device, so nobody's
        ):
            assert f'action="{reverse("sign-out")}"' in page.content.decode(), name


def test_a_link_to_a_new_password_ends_after_three_days(monkeypatch):
    user = UserFactory()
    token = default_token_generator.make_token(user)
    assert default_token_generator.check_token(user, token)
    later = datetime.now() + timedelta(days=3, minutes=1)
    monkeypatch.setattr(default_token_generator, "_now", lambda: later)

    assert not default_token_generator.check_token(user, token)


def test_what_is_signed_for_one_purpose_is_worth_nothing_for_another():
    """The city cookie has a free value, the buyer's cookie has not."""
    show = ShowFactory()
    hold = held(show, "A1", buyer="asha")
    client = browser()
    for salt in ("", "city", "messages", "django.core.signing"):
        client.cookies[COOKIE] = get_cookie_signer(salt=salt).sign("asha")
        assert client.get(hold.get_absolute_url()).status_code == 404
    client.cookies[COOKIE] = get_cookie_signer(salt=COOKIE).sign("asha")  # the control

    assert client.get(hold.get_absolute_url()).status_code == 200


def test_whatever_must_not_be_guessed_has_128_random_bits():
    client = browser()
    client.get(ShowFactory().get_absolute_url())
    buyer = client.cookies[COOKIE].value.partition(":")[0]
    secrets = [new_code(), buyer, create_token(user=UserFactory(), label="Kiosk")[1]]

    assert all(len(urlsafe_b64decode(secret + "==")) * 8 >= 128 for secret in secrets)
    assert len({new_code() for _ in range(1000)}) == 1000
