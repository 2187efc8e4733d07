"""Every URL of the site, with real objects: an unknown new one makes its tests fail."""

from collections.abc import Iterator
from functools import cache

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, reverse
from django.utils import timezone

from cinema.mail.reminder_links import make_token
from cinema.models import FilmAlert, Payment, SandboxCharge, Ticket
from cinema.services.people.tokens import create_token
from cinema.urls import api, public
from tests.factories import ShowFactory, booked, gift_order, held, owner, published, receipt_of, season, sold, waiting
from tests.views.browsers import brief_admin, browser
from tests.views.staff.addresses import PATTERNS as STAFF
from tests.views.staff.addresses import Place
from tests.wallets import wallet_settings

BUYER = "asha"
PUBLIC: dict[str, URLPattern] = {pattern.name: pattern for pattern in (*public.pages, *public.plain)}
API: dict[str, URLPattern] = {pattern.name: pattern for pattern in api.urlpatterns if pattern.name}
# No table was ever imported, so these are not there.
NOT_THERE = {"staff-films-import-report", "staff-films-import-preview"}


class Site:
    """A theatre with a show on sale and a sold-out one, and an owner who is also a buyer."""

    def __init__(self) -> None:
        self.place = Place("here")
        self.owner = owner()
        self.show = ShowFactory(screen__plan="aaaaaaaa", screen__theatre=self.place.theatre)
        full = ShowFactory(screen__plan="aa", screen__theatre=self.place.theatre)
        sold(full, "A1 A2", buyer="ben")
        self.entry = waiting(full)
        self.ticket: Ticket = sold(self.show, "A1 A2", buyer=BUYER)
        published("imprint", "terms", "privacy")
        self.receipt = receipt_of(self.ticket)
        self.payment: Payment = booked(self.show, "A3 A4", buyer=BUYER)
        self.gift_card, self.gift_payment = self.place.gift_card, gift_order(self.place.theatre)
        self.hold = held(self.show, "A5 A6", buyer=BUYER)
        self.ticket.order.user = self.owner
        self.ticket.order.save(update_fields=["user"])
        self.alert = FilmAlert.objects.create(movie=self.show.movie, email="ben@example.org", created_at=timezone.now())
        self.season = season(self.show.movie)
        self.token, self.secret = create_token(user=self.owner, label="Kiosk")

    def browser(self, *, signed_in: bool = True, **options: bool) -> Client:
        """The owner's browser, with their holds; or a stranger's."""
        client = browser(BUYER if signed_in else "", **options)
        if signed_in:
            client.force_login(self.owner)
        return client

    def state(self) -> list[object]:
        """What a request can change."""
        self.ticket.refresh_from_db()
        seats = self.show.seats.filter(status="BOOKED").count()
        return [self.ticket.status, seats, self.owner.api_tokens.count()]

    def addresses(self) -> Iterator[tuple[str, str]]:
        """The name and URL of every page."""
        for name, pattern in (PUBLIC | API).items():
            values = self._things(name)
            yield name, reverse(name, kwargs={key: values[key] for key in pattern.pattern.converters})
        yield from ((name, self.place.address(name)) for name in STAFF if name not in NOT_THERE)
        yield from ((f"admin:{name}", reverse(f"admin:{name}")) for name in ("index", "jsi18n"))
        for model in admin.site._registry:
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            yield name, reverse(name)

    def _slug(self, name: str) -> str:
        if name.startswith("season"):
            return self.season.slug
        return self.place.theatre.slug if name.startswith(("theatre", "screen", "embed")) else self.show.movie.slug

    def _things(self, name: str) -> dict[str, str | int]:
        code = {"hold": self.hold, "waiting": self.entry, "payment": self.payment, "ticket": self.ticket}
        code |= {"receipt": self.receipt, "order": self.ticket.order}
        gift = {"gift-card": self.gift_card.page_code, "gift-card-pay-again": self.gift_payment.code}
        keys = {"token-delete": self.token.pk, "screen-calendar": self.show.screen_id}
        references = {"sandbox": SandboxCharge.objects.latest("pk").reference}
        code |= {"film": self.alert}
        return {
            "pk": keys.get(name, self.show.pk),
            "slug": self._slug(name),
            "code": gift.get(name) or getattr(code.get(name.partition("-")[0]), "code", ""),
            "reference": references.get(name, self.ticket.reference),
            "gateway": "sandbox",
            "digits": "b8290f",
            "letter": "C",
            "logo": "of-no-cinema",
            "name": "192",
            "uidb64": "MQ",
            "token": make_token(self.ticket) if name == "ticket-reminders" else "set-password",
            "secret": self.place.printer_secret,
            "device": "of-no-phone",
            "pass_type": "pass.example.cinema",
            "serial": self.ticket.reference,
        }


def answers(*, signed_in: bool = True) -> dict[str, HttpResponse]:
    """The responses of all pages to a GET of the owner, who also has a token, or of a stranger.
    None of them changes anything, or signs anybody out."""
    return _answers(signed_in)


@cache  # once in a process, as it takes seconds
def _answers(signed_in: bool) -> dict[str, HttpResponse]:
    with transaction.atomic():
        site = Site()
        client = site.browser(signed_in=signed_in)
        if signed_in:
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {site.secret}"
        user, before = client.session.get(SESSION_KEY), site.state()
        with override_settings(**wallet_settings()), brief_admin():
            pages = {name: client.get(address) for name, address in site.addresses()}
        assert (client.session.get(SESSION_KEY), site.state()) == (user, before)
        transaction.set_rollback(True)  # the test that asks first finds as little as those after it
    return pages


def static_file() -> str:
    return f"{settings.STATIC_URL}css/cinema.css"
