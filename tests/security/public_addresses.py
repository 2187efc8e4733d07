"""Every URL of the public pages and the JSON interface, with real objects, all asha's."""

from datetime import timedelta

from django.contrib.auth.tokens import default_token_generator
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from cinema.models import FilmAlert, SandboxCharge, Ticket, User
from cinema.services.booking.offers import offer_freed_seats
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.show_cancellations import cancel_show
from cinema.services.people.tokens import create_token
from cinema.urls import api, public
from tests.factories import (
    ShowFactory,
    UserFactory,
    booked,
    gift_card,
    gift_order,
    held,
    published,
    receipt_of,
    season,
    sold,
    waiting,
)

PATTERNS: dict[str, URLPattern] = {
    pattern.name: pattern for pattern in [*public.pages, *public.plain, *api.urlpatterns] if pattern.name
}


class Visit:
    """Asha holds seats, is about to pay for others, and has two tickets, one for a show that is cancelled, and an
    account with a program. Wanda is offered seats at another show; the next in line still waits."""

    def __init__(self) -> None:
        self.user: User = UserFactory(email="asha@example.org")
        self.token, self.secret = create_token(user=self.user, label="Lobby printer")
        self.show = ShowFactory(screen__plan="aaaaaaaa", screen__theatre__buyer_exchanges=True)
        published("imprint", "privacy")
        self.screen, self.movie, self.theatre = self.show.screen, self.show.movie, self.show.screen.theatre
        self.ticket = self._mine(sold(self.show, "A1 A2"))
        self.receipt = receipt_of(self.ticket)
        self.payment = booked(self.show, "A3")
        self.hold = held(self.show, "A5 A6")
        self.charge = SandboxCharge.objects.latest("pk")

        self.gift_card, self.gift_payment = gift_card(self.theatre), gift_order(self.theatre)

        self.alert = FilmAlert.objects.create(movie=self.movie, email="xenia@example.org", created_at=timezone.now())
        self.season = season(self.movie)
        self.off = self._another(1)
        self.refunded = self._mine(sold(self.off, "A1"))
        until = timezone.now() + timedelta(hours=8)
        cancel_show(show_id=self.off.pk, user=None, reason="no light", remedy="EXCHANGE", choose_until=until)

        self.full = self._another(2)
        others = [sold(self.full, names, buyer="ben") for names in ("A1 A2", "A3 A4 A5 A6 A7 A8")]
        self.offered, self.waiting = waiting(self.full), waiting(self.full, "xenia@example.org", party=4)
        cancel_ticket(code=others[0].code)
        offer_freed_seats(show=self.full)

    def _another(self, days: int):
        return ShowFactory(screen=self.screen, movie=self.movie, starts_at=self.show.starts_at + timedelta(days=days))

    def _mine(self, ticket: Ticket) -> Ticket:
        ticket.order.user = self.user
        ticket.order.save(update_fields=["user"])
        return ticket

    def things(self, name: str) -> dict[str, object]:
        """The objects for the parameters of this URL."""
        codes = {"hold": self.hold, "payment": self.payment, "waiting": self.offered, "ticket": self.ticket}
        codes |= {"receipt": self.receipt, "order": self.ticket.order}
        kind = next(
            (kind for kind in ("hold", "waiting", "ticket", "payment", "receipt", "order") if name.startswith(kind)),
            "ticket",
        )
        named = {"gift-card": self.gift_card.page_code, "gift-card-pay-again": self.gift_payment.code}
        named["film-alert"] = self.alert.code
        named["ticket-exchange"] = self.refunded.code
        keys = {"token-delete": self.token.pk, "screen-calendar": self.screen.pk, "ticket-other-show": self.full.pk}
        return {
            "pk": keys.get(name, self.show.pk),
            "slug": self._slug(name),
            "code": named.get(name, codes[kind].code),
            "reference": self.charge.reference if name == "sandbox" else self.ticket.reference,
            "gateway": "sandbox",
            "digits": "b8290f",
            "letter": "C",
            "logo": "of-no-cinema",
            "name": "192",
            "uidb64": urlsafe_base64_encode(force_bytes(self.user.pk)),
            "secret": "of-no-printer",
            "device": "of-no-phone",
            "pass_type": "pass.example.cinema",
            "serial": self.ticket.reference,
            "token": default_token_generator.make_token(self.user),
        }

    def _slug(self, name: str) -> str:
        if name.startswith("season"):
            return self.season.slug
        return self.theatre.slug if name.startswith(("theatre", "screen", "embed")) else self.movie.slug

    def address(self, name: str, **other: object) -> str:
        """The URL with these objects, or with ``other`` ones."""
        values = self.things(name) | other
        return reverse(name, kwargs={key: values[key] for key in PATTERNS[name].pattern.converters})
