"""A theatre whose names and texts are all hostile, with every action recorded, and every page that shows them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cinema.models import (
    Appearance,
    CashMovement,
    EmailProof,
    Feature,
    Language,
    Movie,
    PriceAdjustment,
    ReminderStop,
    Show,
)
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.orders import cancel_order, give_goodwill, move_order
from cinema.services.orders.staff_actions import RequestedAction
from cinema.web.languages import in_language
from tests.factories import BOX_OFFICE, GenreFactory, MovieFactory, seat_ids, staff
from tests.security import hostile
from tests.security.foreign_keys import House
from tests.security.public_addresses import PATTERNS as PUBLIC
from tests.security.public_addresses import Visit
from tests.views.browsers import brief_admin
from tests.views.staff.addresses import PATTERNS as STAFF
from tests.views.staff.test_bad_input import KEYS, TEXTS

Part = Callable[[Iterable[Any]], Sequence[Any]]  # takes some of many alike cases

SAID = hostile.LONG % (97, "said")
MORE = ("city", "theatre", "genre", "phone", "label", "username", "day")
# Pages of the back office that show again what their address asks for; of the public ones, all are tried.
SEARCHED = {
    *("staff-films", "staff-orders", "staff-orders-exchange", "staff-schedule", "staff-schedule-add"),
    *("staff-schedule-copy", "staff-figures", "staff-figures-all", "staff-figures-heatmap", "staff-figures-film"),
    *(
        "staff-figures-distributor",
        "staff-figures-export",
        "staff-figures-takings",
        "staff-figures-tax",
        "staff-figures-receipts",
    ),
    *("staff-figures-discounts", "staff-figures-gift-cards", "staff-figures-takings"),
}
# They end a session, or a payment of the test gateway; the others are tried with a text in every field.
NOT_POSTED = {"sign-out", "payment-webhook", "sandbox", "staff-sell-share"}


class World:
    """One object of each kind, in the back office and on public pages, with hostile texts."""

    def __init__(self) -> None:
        self.house, self.visit = House("here"), Visit()
        self.clerk = staff(self.house.theatre, BOX_OFFICE)
        self.others = seat_ids(self.house.show, "A5 A6")

        second = MovieFactory()
        Feature.objects.create(show=self.visit.show, movie=second, position=2, break_minutes=10, share=40)
        Show.objects.filter(pk=self.visit.show.pk).update(further_minutes=second.runtime + 10)
        for movie in Movie.objects.all():
            movie.genres.add(GenreFactory())
            movie.languages.add(self.visit.show.language)
        PriceAdjustment.objects.create(card=self.house.card, name="Night", amount=30)
        Appearance.objects.bulk_create([Appearance(), Appearance(theatre=self.house.theatre)])
        ReminderStop.objects.create(email="cleo@example.org")
        EmailProof.objects.create(email="cleo@example.org", created_at=timezone.now())
        change = {"kind": CashMovement.Kind.PAID_IN, "amount": 10, "reason": "Change", "key": "change"}
        CashMovement.objects.create(session=self.house.session, at=timezone.now(), by=self.clerk, **change)
        Language.objects.filter(movies=None, shows=None).delete()  # their codes are too short to hold different texts
        self._live()

    def _live(self) -> None:
        """Give every object hostile texts, and do everything that is recorded with names and reasons."""
        hostile.fill()
        actions = (RequestedAction(self.clerk, (hostile.LONG % (98, "why"))[:200], 10**9, f"key {n}") for n in range(9))
        house, code = self.house, self.house.ticket.code
        move_order(code=code, seat_ids=self.others, requested=next(actions))
        give_goodwill(code=code, amount=Decimal(10), requested=next(actions))
        exchange_order(code=code, show_id=house.later.pk, seat_ids=[], requested=next(actions))
        cancel_order(code=self.visit.ticket.code, requested=next(actions))
        hostile.fill()

    def pages(self, client: Client, part: Part = list) -> Iterator[tuple[str, HttpResponse]]:
        """Every page, or a ``part`` of them, and each after hostile texts were entered in all its fields, by name."""
        said = dict.fromkeys((*KEYS, *TEXTS, *MORE), SAID)
        for name in part(STAFF):
            url = self.house.address(name)
            yield name, client.get(url)
            if name not in NOT_POSTED:
                yield f"{name}!", client.post(f"{url}?{urlencode(said)}", said)
            if name in SEARCHED:
                yield f"{name}?", client.get(url, said)
        for name in part(PUBLIC):
            url = self.visit.address(name)
            yield name, client.get(url)
            yield f"{name}?", client.get(in_language(url, hostile.GERMAN), said)  # with the translations
            if name not in NOT_POSTED:
                yield f"{name}!", client.post(url, said)
        yield "nothing", client.get(f"/{quote(SAID)}/")
        with brief_admin():
            yield from self._admin(client, part)

    def tables(self, client: Client) -> Iterator[tuple[str, HttpResponse]]:
        """Films and a schedule from files: their previews and their results."""
        one_line = " ".join(SAID.split()).replace('"', '""')
        films = (
            f'title,year,runtime,director,genres,cast\n"{one_line}",2009,96,"{one_line}","{one_line}","{one_line}"\n'
        )
        table = SimpleUploadedFile("films.csv", (films + f'"{one_line}",2010,,x,y,z\n').encode())
        kept = client.post(reverse("staff-films-import"), {"table": table})
        yield "film table", client.get(kept.url)
        yield "film report", client.get(client.post(kept.url, {"update": "on"}).url)
        cells = ",".join([f'"{one_line}"'] * 8)
        lines = f"date,time,screen,film,format,language,subtitles,price card\n{cells}\n"
        yield "schedule", client.post(self.house.address("staff-schedule-import"), {"text": lines})

    def _admin(self, client: Client, part: Part) -> Iterator[tuple[str, HttpResponse]]:
        for model in part(admin.site._registry):
            if model._meta.app_label == "cinema" and (thing := model.objects.last()):
                where: dict[str, Any] = {"viewname": f"admin:cinema_{model._meta.model_name}"}
                yield f"admin {model.__name__}", client.get(reverse(f"{where['viewname']}_changelist"))
                yield f"admin one {model.__name__}", client.get(reverse(f"{where['viewname']}_change", args=[thing.pk]))
