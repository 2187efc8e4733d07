"""Changed tickets in wallets: jobs.pass_updates, against fakes of Apple and Google over real HTTP."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cinema.jobs.pass_updates import PAUSE, find_changed_passes, push_changes, update_google_passes
from cinema.models import GooglePass, Movie, PassRegistration, Show, Ticket
from cinema.selectors.core import health
from cinema.services.booking import passes
from cinema.services.booking.passes import forget_passes, register_phone
from cinema.services.films.films import FilmFacts, edit_film
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.moves import change_seats
from cinema.services.orders.orders import return_seats
from cinema.services.orders.show_cancellations import cancel_show
from cinema.services.privacy.erasure import erase_contacts
from cinema.wallet import google_updates
from cinema.wallet.apple_push import ApplePush
from tests import wallets
from tests.conftest import nightly
from tests.factories import BOX_OFFICE, ScreenFactory, ShowFactory, due, owner, seat_ids, sold, staff, starting_in
from tests.fakes.server import Reply
from tests.services.orders.test_orders import requested
from tests.views.test_apple_wallet import Phone

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)


@pytest.fixture
def ticket() -> Ticket:
    return sold(ShowFactory(screen__plan="aaaaaaaa"), "A1 A2")


def on_phone(ticket: Ticket, device: str = "phone", push_token: str = "ab12") -> Ticket:
    register_phone(ticket=ticket, device=device, push_token=push_token)
    return ticket


def saved(ticket: Ticket, google) -> Ticket:
    """The ticket, saved at Google by its link."""
    link = Client().get(reverse("ticket-google-wallet", args=[ticket.code]))
    google.save(link.headers["Location"])
    return ticket


def object_of(ticket: Ticket, google) -> dict:
    return google.saved[f"{wallets.ISSUER}.{ticket.reference}"]


def class_of(show: Show, google) -> dict:
    return google.saved[f"{wallets.ISSUER}.show-{show.pk}"]


def notify() -> int:
    """What the jobs do for Apple Wallet, until the passes are compared again."""
    find_changed_passes()
    return push_changes()


def update() -> int:
    """What they do for Google Wallet."""
    find_changed_passes()
    return update_google_passes()


def other_show(show: Show) -> Show:
    return ShowFactory(movie=show.movie, screen=ScreenFactory(theatre=show.screen.theatre, plan="aaaa"), price=200)


def clerk(ticket: Ticket):
    return requested(staff(ticket.show.screen.theatre, BOX_OFFICE))


def move_seats(ticket: Ticket) -> None:
    change_seats(code=ticket.code, seat_ids=seat_ids(ticket.show, "A5 A6"))


def give_a_seat_back(ticket: Ticket) -> None:
    return_seats(code=ticket.code, seat_ids=seat_ids(ticket.show, "A2"), requested=clerk(ticket))


def exchange(ticket: Ticket) -> None:
    show = other_show(ticket.show)
    exchange_order(code=ticket.code, show_id=show.pk, seat_ids=seat_ids(show, "A1 A2"), requested=clerk(ticket))


def retitle(ticket: Ticket) -> None:
    movie = ticket.show.movie
    facts = FilmFacts(title="Another title", runtime=movie.runtime)
    edit_film(movie_id=movie.pk, version=movie.version, facts=facts, user=owner())


def call_show_off(ticket: Ticket) -> None:
    cancel_show(show_id=ticket.show_id, user=None, reason="Power cut", remedy="REFUND")


def cancel(ticket: Ticket) -> None:
    cancel_ticket(code=ticket.code)


@pytest.mark.both
@pytest.mark.parametrize("change", [move_seats, give_a_seat_back, exchange, retitle, call_show_off, cancel])
def test_the_phone_is_told_once_of_each_change(change, ticket, apple):
    on_phone(ticket)
    assert notify() == 0

    change(ticket)

    assert [notify(), notify()] == [1, 0]
    assert [push.token for push in apple.pushes] == ["ab12"]


def test_a_phone_that_is_told_fetches_the_void_pass(ticket, apple):
    phone = Phone(ticket)
    phone.register({"pushToken": "c0ffee"})
    _, tag = phone.changed()
    cancel(ticket)

    notify()
    assert [push.token for push in apple.pushes] == ["c0ffee"]
    assert phone.changed(tag)[0] == [ticket.reference]
    assert json.loads(wallets.opened(phone.latest().content)["pass.json"])["voided"]


def test_google_learns_what_the_ticket_is_now(ticket, google):
    saved(ticket, google)
    assert update() == 0
    move_seats(ticket)
    retitle(ticket)
    assert [update(), update()] == [1, 0]

    assert object_of(ticket, google)["seatInfo"]["seat"]["defaultValue"]["value"] == "A 5–6"
    assert class_of(ticket.show, google)["eventName"]["defaultValue"]["value"] == "Another title"
    assert object_of(ticket, google)["notifyPreference"] == "NOTIFY_ON_UPDATE"

    cancel(ticket)
    update()
    assert object_of(ticket, google)["state"] == "INACTIVE"
    assert "barcode" not in object_of(ticket, google)


def test_a_ticket_exchanged_for_a_show_new_to_google_takes_it_along(ticket, google):
    saved(ticket, google)
    exchange(ticket)
    update()
    ticket.refresh_from_db()

    assert object_of(ticket, google)["classId"] == class_of(ticket.show, google)["id"]


def test_a_show_is_sent_once_for_all_its_tickets_of_a_run(google):
    show = ShowFactory(screen__plan="aaaa")
    for name in ("A1", "A3"):
        saved(sold(show, name, buyer=name), google)
    call_show_off(Ticket(show=show))

    assert update() == 2
    assert [request.path.rpartition("/")[0] for request in google.requests] == [
        *("", "/v1/eventTicketClass"),
        *["/v1/eventTicketObject"] * 2,
    ]


@pytest.mark.parametrize(("status", "done", "error"), [(404, 0, "WalletUnavailable"), (409, 1, "")])
def test_a_show_new_to_google_is_there_after_a_conflict_but_no_other_failure(status, done, error, ticket, google):
    def trouble_for(request):
        if (request.method, request.path) != ("POST", "/v1/eventTicketClass"):
            return None
        if status == 409:  # another server was faster
            google.saved[json.loads(request.body)["id"]] = {}
        return status

    saved(ticket, google)
    exchange(ticket)
    google.trouble_for = trouble_for

    assert update() == done
    assert GooglePass.objects.get().last_error == error


def test_a_ticket_whose_link_was_followed_but_not_saved_is_nothing_to_do(ticket, google):
    Client().get(reverse("ticket-google-wallet", args=[ticket.code]))
    cancel(ticket)

    assert update() == 0
    assert GooglePass.objects.get().due_at is None


def test_only_following_the_link_is_noted(ticket, google):
    Client().head(reverse("ticket-google-wallet", args=[ticket.code]))
    assert not GooglePass.objects.exists()
    for _ in range(2):
        Client().get(reverse("ticket-google-wallet", args=[ticket.code]))
    assert GooglePass.objects.count() == 1


@pytest.mark.both
@pytest.mark.parametrize("status", [503, *map(nightly, (401, 403, 429, 302))])
def test_while_a_wallet_is_away_one_pass_tries_and_the_others_wait(status, apple, google):
    show = ShowFactory(screen__plan="aaaa")
    for name, token in (("A1", "ab12"), ("A3", "cd34")):
        on_phone(saved(sold(show, name, buyer=name), google), token, token)
    call_show_off(Ticket(show=show))
    apple.trouble.append(status)
    google.trouble.append(status)

    assert (notify(), update()) == (0, 0)
    for rows, fake in ((PassRegistration.objects.all(), apple), (GooglePass.objects.all(), google)):
        assert (rows.filter(due_at__gt=Now()).count(), rows.filter(last_error="WalletUnavailable").count()) == (2, 1)
        assert not fake.trouble
        due(*rows)
        rows.update(attempted_at=Now() - PAUSE)
    waiting = health.backlogs()
    assert [waiting[name][::2] for name in ("passes at Apple", "passes at Google")] == [(2, 1), (2, 1)]
    assert (notify(), update()) == (2, 2)
    assert not [model for model in (PassRegistration, GooglePass) if model.objects.filter(failing_since__isnull=False)]


def test_a_change_while_apple_is_away_does_not_make_it_try_again(ticket, apple):
    on_phone(ticket)
    cancel(ticket)
    apple.trouble.append(503)
    notify()
    other = on_phone(sold(ticket.show, "A5"), "other")
    cancel(other)

    assert (notify(), PassRegistration.objects.filter(due_at__lte=Now()).count()) == (0, 1)
    PassRegistration.objects.update(attempted_at=Now() - PAUSE)
    assert notify() == 1


def test_google_that_hangs_costs_little_time(ticket, google, monkeypatch):
    monkeypatch.setattr(google_updates, "TIMEOUT", 0.2)
    saved(ticket, google)
    cancel(ticket)
    google.trouble.append(1.0)

    assert update() == 0
    assert GooglePass.objects.get().last_error == "WalletUnavailable"


@pytest.mark.parametrize(
    "content", [{}, {"access_token": 7}, {"access_token": "a\nb"}, {"access_token": "é"}, "no", []]
)
def test_an_answer_without_a_usable_token_is_none(content, ticket, google, monkeypatch):
    saved(ticket, google)
    cancel(ticket)
    monkeypatch.setattr(google, "_grant", lambda request: Reply(200, content))

    assert update() == 0
    assert GooglePass.objects.get().last_error == "WalletUnavailable"
    assert object_of(ticket, google)["state"] == "ACTIVE"


@pytest.mark.parametrize("status", [400, 409])
def test_a_pass_that_google_refuses_does_not_hold_up_the_others(status, google):
    show = ShowFactory(screen__plan="aaaa")
    first, second = (saved(sold(show, name, buyer=name), google) for name in ("A1", "A3"))
    call_show_off(Ticket(show=show))
    google.trouble_for = lambda request: status if request.path.endswith(first.reference) else None

    assert update() == 1
    assert GooglePass.objects.get(ticket=first).last_error == "PassRefused"
    assert object_of(second, google)["state"] == "INACTIVE"


def test_a_phone_that_apple_no_longer_knows_is_forgotten(ticket, apple):
    on_phone(ticket)
    on_phone(ticket, "watch", "cd34")
    apple.refused["ab12"] = 410, "Unregistered"
    cancel(ticket)

    assert notify() == 1
    assert PassRegistration.objects.get().device == "watch"


def test_a_phone_that_registered_anew_meanwhile_is_not_forgotten(ticket, apple, monkeypatch):
    def push(self, token, *, until):
        on_phone(ticket, push_token="ef56")
        return False

    on_phone(ticket)
    cancel(ticket)
    monkeypatch.setattr(ApplePush, "push", push)

    assert notify() == 0
    assert PassRegistration.objects.get().push_token == "ef56"


def test_a_change_that_is_found_while_the_push_is_sent_is_told_next(ticket, apple, monkeypatch):
    def push(self, token, *, until):
        PassRegistration.objects.update(version=4711, due_at=Now())
        return True

    on_phone(ticket)
    cancel(ticket)
    monkeypatch.setattr(ApplePush, "push", push)
    notify()

    assert PassRegistration.objects.get().due_at is not None


def test_a_phone_without_a_token_is_not_told(ticket, apple):
    on_phone(ticket, push_token="")
    cancel(ticket)

    assert notify() == 0
    assert not apple.pushes


def test_after_the_show_nobody_is_told(ticket, apple, google):
    on_phone(saved(ticket, google))
    cancel(ticket)
    starting_in(ticket.show, -A_DAY)
    assert (notify(), update()) == (0, 0)

    due(PassRegistration.objects.get(), GooglePass.objects.get())
    assert (notify(), update()) == (0, 0)
    assert not [model for model in (PassRegistration, GooglePass) if model.objects.filter(due_at__isnull=False)]
    assert not apple.pushes + google.requests


def test_the_number_of_statements_is_the_same_for_any_number_of_passes(apple, google):
    show, counts = ShowFactory(screen__plan="aaaaaa"), []
    for name in ("A1", "A3", "A5"):
        on_phone(saved(sold(show, name, buyer=name), google), name)
        with CaptureQueriesContext(connection) as seen:
            assert find_changed_passes() + push_changes() + update_google_passes() == 0
        counts.append(len(seen))

    assert counts == [6] * 3


@pytest.mark.both
def test_a_change_of_many_passes_is_recorded_in_batches(apple, google, monkeypatch):
    monkeypatch.setattr(passes, "AT_ONCE", 2)
    show, counts = ShowFactory(screen__plan="aaaaaaaaaa"), []
    for name in ("A1", "A3", "A5", "A7", "A9"):
        on_phone(saved(sold(show, name, buyer=name), google), name)
        Movie.objects.update(version=F("version") + 1)
        with CaptureQueriesContext(connection) as seen:
            find_changed_passes()
        counts.append(sum(query["sql"].startswith("UPDATE") for query in seen))

    assert counts == [4, 4, 8, 8, 12]  # for each wallet and two passes, two
    due_now = {model: model.objects.filter(due_at__isnull=False).count() for model in (PassRegistration, GooglePass)}
    assert (due_now, find_changed_passes()) == ({PassRegistration: 5, GooglePass: 5}, 0)


def test_without_keys_nothing_is_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert notify() + update() == 0


def test_what_may_be_saved_at_google_is_forgotten_with_the_buyer_or_after_the_show(google):
    show = ShowFactory(screen__plan="aaaa")
    first, second = (saved(sold(show, name, buyer=name), google) for name in ("A1", "A3"))
    erase_contacts(order_ids=[first.order_id])
    assert GooglePass.objects.get().ticket == second
    assert forget_passes() == 0

    starting_in(show, -3 * A_DAY)
    assert forget_passes() == 1
