"""Nothing of another theatre can be named in a form of the back office, by whoever may use the form at their own.

Every field that says a key is posted twice: with a thing of one's own, which must do something, and with the same
thing of another theatre, which must not. The fields are found in the code: a new one has to be listed.
"""

import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.db import transaction
from django.db.models import Q

import cinema
from cinema.forms.booking.booking import LARGEST_KEY, SeatIdsField, TicketTypesField
from cinema.forms.halls.halls import LayoutField
from cinema.models import Price, Seat, Show, ShowSeat, TicketSeat
from tests.factories import MANAGER, seat, staff
from tests.security.foreign_keys import FIELDS, House, blocked

pytestmark = pytest.mark.django_db

SOURCES = Path(cinema.__file__).parent

# form and field: where it is tried with a thing of somebody else.
KEY_FIELDS = {
    # The back office: FIELDS
    "BlockForm.seats": "staff-blocks-hall",
    "CopyForm.price_card": "staff-schedule-copy",
    "LabelsForm.shows": "staff-schedule-labels",
    "DraftsForm.price_card": "staff-schedule-card",
    "ExchangeOrderForm.seats": "staff-orders-exchange",
    "HallForm.layout": "staff-screens-save",
    "HireForm.screen": "staff-schedule-hire",
    "CouponForm.ticket_types": "staff-prices-coupons-add",
    "CouponForm.movie": "of no theatre",
    "VoucherBatchForm.categories": "staff-vouchers-add",
    "VoucherBatchForm.ticket_types": "staff-vouchers-add",
    "VoucherBatchForm.movies": "of no theatre",
    "RescheduleForm.screen": "staff-schedule-move",
    "MoveOrderForm.seats": "staff-orders-move",
    "PlanForm.price_card": "staff-schedule-add",
    "PlanForm.screen": "staff-schedule-add",
    "RefundForm.seats": "staff-orders-refund",
    "SettleForm.refund": "staff-orders-settle",
    "PayOutForm.supervisor": "staff-sell-payout",
    # With a PIN, or seats of another sale: views/staff/orders/test_sellers.py, services/orders/test_allowances.py
    **dict.fromkeys(
        [
            *("AllowForm.supervisor", "DrawerForm.supervisor", "InvoiceForm.supervisor", "ReasonForm.supervisor"),
            *("CancelForm.supervisor", "ReprintForm.supervisor", "VoidForm.supervisor", "ReversalForm.supervisor"),
            "SignOnForm.seller",
        ],
        "test_sellers.py",
    ),
    "AllowForm.seats": "test_allowances.py",
    "SeatsForm.seats": "staff-sell-add",
    "SeatsForm.show": "staff-sell-add",
    "WitnessForm.witness": "staff-tills-close",
    "UndoForm.check_in": "staff-door-undo",
    "SaveHallForm.layout": "staff-screens-save",
    "ShowForm.price_card": "staff-schedule-show",
    "ShowForm.screen": "staff-schedule-show",
    # The same for all theatres: films, genres and languages belong to none
    **dict.fromkeys(["FilmForm.genres", "FilmForm.languages", "FilmForm.original_language"], "of no theatre"),
    "SeasonForm.movies": "of no theatre",
    "SeasonForm.theatre": "staff-films-seasons-add",
    **{
        f"{form}.{name}": "of no theatre"
        for form in ("PlanForm", "ShowForm", "VersionFields")
        for name in ("movie", "film_2", "film_3", "film_4", "language", "subtitles")
    },
    **{f"FilmsFields.{name}": "PlanForm and ShowForm" for name in ("movie", "film_2", "film_3", "film_4")},
    **dict.fromkeys(["VersionFields.screen", "VersionFields.price_card"], "PlanForm and ShowForm"),
    # A moviegoer may buy a gift card from any theatre
    "GiftCardForm.theatre": "test_mutated_posts.py",
    "ExchangeSeatsForm.seats": "views/test_ticket_other_show.py",
    # A picture is shown or not; nothing can be posted
    "HeatMapForm.screen": "PAGES",
    # The audit trail's last entry a form knew of: a number that is compared, never looked up
    **{f"{form}.seen": "never looked up" for form in (
        "CancelForm", "EmailForm", "ExchangeOrderForm", "MoveOrderForm", "RefundForm", "ResendForm", "SettleForm",
        "StaffActionForm",
    )},
    # What buyers post: test_mutated_posts.py
    **dict.fromkeys(
        ["BestSeatsForm.category", "BookForm.seat_ids", "BookForm.show_id", "BookForm.types", "CheckoutForm.seats",
         "CheckoutForm.types", "ExchangeForm.show", "HoldForm.seats", "ChangeSeatsForm.seats",
         "SeatsToCancelForm.seats"], "test_mutated_posts.py"
    ),
}  # fmt: skip

# What views and forms of the back office read by name, past a form's fields.
READ_BY_HAND = {
    # Keys: FIELDS, or what a page shows (PAGES)
    *("show", "ticket", "seen", "copy", "before", "kind", "seats", "instead", "refund"),
    # No keys: a button, a version, a day, a page, a word to look for, a till among those that are open here
    *(
        "done",
        "map",
        "next",
        "list_prices",
        "more",
        "till",
        "update",
        "without_codes",
        "save",
        "past",
        "back",
        "usual",
        "up",
        "open",
        "use",
        "example",
        "confirm",
        "remove",
        "dialect",
        "retired",
        "films",
        "key",
        # No keys: codes of vouchers and gift cards, which whoever has them may spend
        *("unblock", "vouchers", "gift_card", "gift_cards", "remove_card"),
        # No keys: buttons of a printer, and what of it is on a page
        *("printer", "drop", "renew", "known"),
        # No keys: a state of vouchers, and after which one a page begins
        *("state", "after"),
    ),
    *("version", "day", "view", "shown", "page", "q", "format"),
    # Scans of a phone: the keys of seats in them count only with the fingerprint of their ticket
    *("scans", "sent_at", "scanned_at"),
    # A key of a film, which belongs to no theatre
    "film_choice",
}
# Pages that are asked about a thing, which is shown as if it were not asked for, or not at all.
PAGES = [
    ("staff-figures-heatmap", lambda place: {"screen": place.screen.pk}),
    ("staff-prices-preview", lambda place: {"kind": place.kind.pk}),
    ("staff-prices-add", lambda place: {"copy": place.card.pk}),
    ("staff-orders-exchange", lambda place: {"show": place.later.pk}),
    ("staff-orders", lambda place: {"before": place.ticket.pk + 1}),
    ("staff-schedule", lambda place: {"screen": place.screen.pk}),
    ("staff-schedule-add", lambda place: {"screen": place.screen.pk}),
]
READING = re.compile(
    r"""(?:POST|GET|(?<!_)data)(?:\.get(?:list)?\(|\[|, )"(\w+)"|"(\w+)" (?:not )?in request\.(?:POST|GET)"""
)


@pytest.fixture
def here():
    return House("here")


@pytest.fixture
def elsewhere():
    """Another theatre, whose objects have names of their own."""
    place = House("elsewhere")
    for thing, name in ((place.screen, "Octagon"), (place.card, "Fancyprices"), (place.kind, "Grandchild")):
        thing.name = name
        thing.save(update_fields=["name"])
    return place


@pytest.fixture
def manager(client, here):
    """A manager here, without a role there."""
    client.force_login(staff(here.theatre, MANAGER))
    return client


@contextmanager
def undone():
    """Roll back everything inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def everything():
    """Every row of all our tables."""
    models = apps.get_app_config("cinema").get_models(include_auto_created=True)
    return {model: list(model.objects.order_by("pk").values_list()) for model in models}


def all_of(place):
    """Everything that a theatre's buyers would notice."""
    shows = Show.objects.filter(screen=place.screen)
    rows = [Seat.objects.filter(screen=place.screen), shows, ShowSeat.objects.filter(show__in=shows)]
    rows.append(TicketSeat.objects.filter(ticket__show__in=shows))
    rows.append(Price.objects.filter(Q(ticket_type=place.kind) | Q(category__theatre=place.theatre)))
    return [list(found.order_by("pk").values_list()) for found in rows]


def named(place):
    """Words that occur on pages of this theatre only."""
    return {place.theatre.slug, place.ticket.reference, place.screen.name, place.card.name, place.kind.name}


def words(response):
    """The words of a page."""
    return set(re.findall(r"[\w-]+", response.content.decode()))


def post(client, field, here, whose):
    said, query = field.said(here, whose), field.query(here, whose)
    before = everything(), all_of(whose)
    answer = client.post(here.address(field.view), said, query_params=query)
    return answer.status_code, before[0] == everything(), before[1] == all_of(whose)


def test_a_thing_of_ones_own_is_accepted(manager, here, share):
    """Otherwise the rejections below would prove nothing."""
    for field in share(FIELDS, 0):
        with undone():
            status, same, _theirs = post(manager, field, here, here)
            assert status in (200, 303) and not same, (field.view, field.field, status)


def test_a_thing_of_another_theatre_is_refused_and_nothing_changes(manager, here, elsewhere):
    for field in FIELDS:
        with undone():
            status, same, theirs = post(manager, field, here, elsewhere)
            assert status in field.answers, (field.view, field.field, status)
            assert theirs and (same or field.own_may_change), (field.view, field.field)


def test_a_page_shows_nothing_of_another_theatre(manager, here, elsewhere):
    kept = named(elsewhere)
    for view, asked in PAGES:
        assert kept.isdisjoint(words(manager.get(here.address(view), asked(elsewhere)))), view


def test_the_preview_of_a_block_does_not_cover_another_hall(manager, here, elsewhere):
    """Otherwise it would reveal the tickets and the film there."""
    address = here.address("staff-blocks-hall")
    own, foreign = blocked(here, here), blocked(here, elsewhere)
    del own["save"], foreign["save"]
    own["seats"], foreign["seats"] = [seat(here.show, "A2").seat_id], [seat(elsewhere.show, "A2").seat_id]

    assert here.ticket.reference in words(manager.post(address, own))
    refused = manager.post(address, foreign)

    assert refused.status_code == 400
    assert named(elsewhere).isdisjoint(words(refused))


def test_a_ticket_of_another_theatre_is_not_moved_from_a_block(manager, here, elsewhere):
    with undone():
        before = everything()
        manager.post(here.address("staff-blocks-move"), {"ticket": elsewhere.ticket.reference})
        assert everything() == before


def test_every_form_field_with_a_key_is_listed():
    found = {
        f"{form.__name__}.{name}" for form in _forms() for name, field in form.base_fields.items() if _is_key(field)
    }
    assert found == KEY_FIELDS.keys()


def test_everything_read_by_hand_is_listed():
    sources = [*(SOURCES / "views" / "staff").rglob("*.py"), *(SOURCES / "forms").rglob("*.py")]
    found = {name for source in sources for pair in READING.findall(source.read_text()) for name in pair if name}
    assert found == READ_BY_HAND


def _forms():
    """Every form of ours."""
    todo = [forms.BaseForm]
    while todo:
        form = todo.pop()
        todo += form.__subclasses__()
        if form.__module__.startswith("cinema.forms"):
            yield form


def _is_key(field):
    """Whether the field contains a key: by its class, or since it accepts numbers too large for a count."""
    kinds = (forms.ModelChoiceField, SeatIdsField, TicketTypesField, LayoutField)
    return isinstance(field, kinds) or getattr(field, "max_value", None) == LARGEST_KEY
