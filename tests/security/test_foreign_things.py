"""What is somebody's is nobody else's: every address of the resolver that leads to somebody's thing, asked by others.

An address that is missing below fails: say by what its thing is opened.
"""

from itertools import count

import pytest
from django.urls import reverse
from django.utils.http import urlsafe_base64_encode

from cinema.models import ApiToken, Hold, Payment, ShowSeat, Ticket, WaitingEntry
from cinema.models.codes import new_code, new_reference
from tests.factories import UserFactory, owner
from tests.security.public_addresses import PATTERNS, Visit
from tests.views.api.programs import Program
from tests.views.browsers import browser, text
from tests.wallets import offer_wallets

pytestmark = pytest.mark.django_db

# The browser that holds the seats, by the secret in its signed cookie.
COOKIE = {"hold", "hold-plan", "hold-extension", "hold-release"}
# A signed-in user sees their own.
ACCOUNT = {
    "account",
    "token-create",
    "token-delete",
    "my-tickets",
    "password-change",
    "email-change",
    "account-export",
    "account-delete",
}
# The program that booked, by its user's token.
TOKEN = {"api-book", "api-ticket"}
# Meant for whoever has the link: a ticket is passed on to those who come along, opened on another device from the
# mail, and shown at the door. 128 random bits (test_ticket_codes.py), sent to the buyer alone, kept by no cache and
# told to no other site. Paying for somebody else is no harm, and a payment's page says where it leads; a link that
# proves the owner is mailed to the owner only.
WALLETS = {"ticket-apple-wallet", "ticket-google-wallet"}
LINK = WALLETS | {
    "ticket",
    "ticket-kept",
    "ticket-calendar",
    "ticket-other-shows",
    "payment",
    "payment-start",
    "ticket-payment",
    "ticket-owner",
}
LINK |= {"order", "order-receipt", "ticket-receipt", "receipt", "receipt-pdf", "gift-card", "gift-card-pay-again"}
# The same to look at; to change anything it takes the buyer's email address, or their account (services.orders).
LINK_AND_ADDRESS = {"ticket-seats", "ticket-cancellation", "ticket-return", "ticket-exchange", "ticket-company"}
LINK_AND_ADDRESS |= {"ticket-other-show"}
# In one mail only, to one person.
MAIL = {"film-alert", "waiting", "waiting-leave", "waiting-take", "password-reset-confirm"}
# The same, and signed: views/test_accounts.py, views/test_ticket_owners.py.
SIGNED = {"sign-up-finish", "ticket-owner-link", "ticket-reminders", "email-confirm"}
# The test gateway's page, which only the demo has: a real provider keeps its own.
SANDBOX = {"sandbox"}
# Known to one machine: views/test_printers.py, views/test_apple_wallet.py.
MACHINE = {"printer", "pass-registration", "pass-serials", "pass-latest", "pass-log"}
# Nobody's in particular. find-ticket asks for a reference and an address: test_ticket_codes.py.
PUBLIC = {
    *("embed", "embed-theatre", "embed-script"),
    *("kept-tickets", "worker"),
    *("accent", "robots", "sitemap", "manifest", "favicon", "apple-touch-icon", "letter-icon", "logo-icon"),
    *(
        "programme",
        "movie",
        "movie-poster",
        "movie-card",
        "season",
        "theatre",
        "show",
        "show-seat-map",
        "show-live",
        "show-hold",
        "show-best",
    ),
    *("programme-card", "theatre-card", "season-card", "coming-card"),
    *("movie-calendar", "theatre-calendar", "screen-calendar", "season-calendar", "programme-calendar", "new-films"),
    *("showtimes-json", "showtimes-csv", "theatre-showtimes-json", "theatre-showtimes-csv"),
    *(
        "show-waiting",
        "show-waiting-leave",
        "find-ticket",
        "payment-webhook",
        "sign-in",
        "sign-up",
        "sign-up-sent",
        "sign-out",
    ),
    *("password-reset", "password-reset-sent", "password-reset-done", "api-movies", "api-show", "api-openapi"),
    *("gift-cards", "gift-card-balance", "coming-soon", "movie-alert"),
    "language",
    *("legal-imprint", "legal-terms", "legal-privacy", "theatre-imprint", "theatre-terms", "theatre-privacy"),
    "trace",  # the demo only: test_production.py
}
BY_CODE = COOKIE | LINK | LINK_AND_ADDRESS | MAIL | SANDBOX | {"api-ticket"}


@pytest.fixture
def visit(settings):
    offer_wallets(settings)
    return Visit()


def strangers():
    """Browsers other than asha's: without an account, of another buyer, of another account, of an owner."""
    signed_in, boss = browser("ben"), browser()
    signed_in.force_login(UserFactory())
    boss.force_login(owner())
    return {"nobody": browser(), "another buyer": browser("ben"), "another account": signed_in, "an owner": boss}


def asks(client):
    """The kinds of requests: a page, htmx, a form."""
    return [
        client.get,
        lambda url: client.get(url, headers={"HX-Request": "true"}),
        client.post,
        lambda url: client.post(url, headers={"HX-Request": "true"}),
    ]


def state():
    """The state of everything that a stranger could take, change or end."""
    rows = [Hold, ShowSeat, Ticket, Payment, WaitingEntry, ApiToken]
    return [list(model.objects.order_by("pk").values_list()) for model in rows]


def test_the_access_to_every_url_is_declared():
    named = [COOKIE, ACCOUNT, TOKEN, LINK, LINK_AND_ADDRESS, MAIL, SIGNED, SANDBOX, MACHINE, PUBLIC]
    assert set().union(*named) == PATTERNS.keys()
    assert sum(map(len, named)) == len(PATTERNS)


def test_the_buyer_gets_in(visit):
    """Otherwise the rejections below would prove nothing."""
    client, program = browser("asha"), Program(visit.user)
    client.force_login(visit.user)
    for name in COOKIE | ACCOUNT | LINK | LINK_AND_ADDRESS | MAIL | SANDBOX:
        assert client.get(visit.address(name)).status_code in (200, 302, 405), name
    assert program.get(visit.address("api-ticket")).status_code == 200
    assert client.post(visit.address("hold-release")).status_code == 303
    client.post(visit.address("token-delete"))
    assert not ApiToken.objects.filter(pk=visit.token.pk).exists()


def test_a_hold_is_404_in_other_browsers(visit):
    before = state()
    for who, client in strangers().items():
        for name in COOKIE:
            url = visit.address(name)
            for ask in asks(client):
                assert ask(url).status_code in (404, 405), (who, name)
    assert state() == before


def test_a_forged_cookie_identifies_nobody(visit):
    client = browser("asha")
    client.cookies["buyer"] = client.cookies["buyer"].value.replace("asha", "asho")
    assert client.get(visit.address("hold")).status_code == 404
    client.cookies["buyer"] = "asha"
    assert client.get(visit.address("hold")).status_code == 404


def test_an_account_shows_nothing_of_another(visit):
    before = state()
    for who, client in strangers().items():
        client.post(visit.address("token-delete"))
        said = {name: text(client.get(visit.address(name), follow=True)) for name in ("account", "my-tickets")}
        assert visit.ticket.reference[:4] not in said["my-tickets"], who
        assert "Lobby printer" not in said["account"], who
    assert state() == before


def test_a_ticket_of_the_json_interface_is_404_with_another_token_and_401_without(visit):
    url, program = visit.address("api-ticket"), Program()
    assert program.get(url).status_code == 404
    for secret in (
        "",
        "x",
        program.token[:-1],
        program.token.swapcase(),
        f"{program.token}\0",
        "Bearer " + program.token,
    ):
        answer = browser().get(url, headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == 401, secret
    for client in strangers().values():
        assert client.get(url).status_code == 401  # a session is no token


def test_with_the_link_alone_nothing_of_a_ticket_can_be_changed(visit):
    """A person who finds or photographs a ticket does not know the email address of the booking."""
    other_show = {"show": visit.show.pk, "email": "ben@example.org"}
    places = (f"192.0.2.{n}" for n in count())  # so that nobody is refused for having guessed too often
    for who, client in strangers().items():
        before = state()
        for name in LINK_AND_ADDRESS:
            url = visit.address(name)
            for said in ({}, {"email": ""}, {"email": "ben@example.org"}, other_show | {"seats": [1, 2]}):
                assert client.post(url, said, REMOTE_ADDR=next(places)).status_code == 400, (who, name, said)
        assert state() == before, who


def test_nobody_gets_in_by_a_code_that_is_none(visit):
    """Not even with everything else that is asked for."""
    client, program = browser("asha"), Program(visit.user)
    client.force_login(visit.user)
    assert program.get(visit.address("api-ticket")).status_code == 200  # which is noted at its token
    before = state()
    for name in BY_CODE - {"password-reset-confirm"}:
        for code in (new_code(), new_reference(), "x", "0", visit.ticket.code[::-1]):
            url = visit.address(name, code=code, reference=code)
            answers = {program.get(url).status_code, *(ask(url).status_code for ask in asks(client))}
            assert answers <= {404, 405, 401} and 404 in answers, (name, code, answers)
    assert state() == before


def test_a_code_opens_nothing_of_another_kind(visit):
    client = browser("asha")
    codes = {name: visit.things(name)["code"] for name in ("hold", "payment", "ticket", "waiting")}
    for name, own in codes.items():
        for kind, code in codes.items():
            assert (client.get(reverse(name, args=[code])).status_code == 404) == (code != own), (name, kind)


def test_a_link_to_choose_a_password_is_for_one_account(visit):
    url = visit.address("password-reset-confirm")
    other = visit.address("password-reset-confirm", uidb64=urlsafe_base64_encode(b"%d" % UserFactory().pk))
    assert 'name="new_password1"' in browser().get(url, follow=True).content.decode()
    assert 'name="new_password1"' not in browser().get(other, follow=True).content.decode()
