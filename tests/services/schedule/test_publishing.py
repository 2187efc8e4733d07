"""Publishing drafts: all or none."""

from decimal import Decimal

import pytest
from django.utils import timezone

from cinema.exceptions import NotPublishable, PriceMissing, ShowHasHistory, TimeInThePast
from cinema.models import AuditEvent, PriceAdjustment, SeatBlock, Show, ShowSeat, TicketType
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.selectors.schedule.publishing import problems_of
from cinema.services.schedule.publishing import publish_shows, unpublish_show
from tests.factories import (
    MovieFactory,
    ScreenFactory,
    SeatCategoryFactory,
    TheatreFactory,
    cancelled,
    draft,
    held,
    owner,
    price_card,
    sold,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre():
    return TheatreFactory()


@pytest.fixture
def screen(theatre):
    return ScreenFactory(theatre=theatre, name="One", plan="aa\nbb")


@pytest.fixture
def card(theatre, screen):
    return price_card(theatre, adult=250, child=150)


def publish(*shows, user=None):
    return publish_shows(theatre=shows[0].screen.theatre, show_ids=[show.pk for show in shows], user=user)


def test_a_published_show_has_every_seat_that_stands_at_the_price_of_its_card(screen, card):
    gone = screen.seats.first()
    gone.retired_at = timezone.now()
    gone.save()

    (show,) = publish(draft(screen, card))

    show.refresh_from_db()
    assert (show.status, show.seats_total, show.seats_free, show.revision) == (Show.Status.SCHEDULED, 3, 3, 0)
    assert list(show.seats.order_by("seat__y", "seat__x").values_list("price", "tariff", "status", "hold")) == [
        (Decimal(250), show.tariff_id, ShowSeat.Status.AVAILABLE, None),
        (Decimal(350), show.tariff_id, ShowSeat.Status.AVAILABLE, None),
        (Decimal(350), show.tariff_id, ShowSeat.Status.AVAILABLE, None),
    ]
    assert show.tariff.prices.count() == 4
    assert unexplained_seats(show) == []


def test_a_seat_costs_what_the_plainest_kind_of_ticket_does_with_its_cents(theatre, screen):
    card = price_card(theatre, child=Decimal("99.99"), adult=200)
    TicketType.objects.filter(name="Adult").update(rank=9)

    (show,) = publish(draft(screen, card))

    assert {seat.price for seat in show.seats.all()} == {Decimal("99.99"), Decimal("199.99")}


def test_a_surcharge_applies_to_the_shows_it_is_for(screen, card):
    PriceAdjustment.objects.create(card=card, name="3D", format="3D", amount=60)

    plain, deep = publish(draft(screen, card), draft(screen, card, days=4, format="3D"))

    assert [show.seats.order_by("price").first().price for show in (plain, deep)] == [250, 310]


def test_a_published_show_can_be_bought(screen, card):
    (show,) = publish(draft(screen, card))

    sold(show, "A1 B2")

    show.refresh_from_db()
    assert (show.admissions, show.revenue) == (2, 600)


def test_what_standing_blocks_cover_is_off_sale_from_the_start(screen, card):
    block = SeatBlock.objects.create(
        screen=screen, kind="BROKEN", from_day=timezone.now().date(), created_at=timezone.now()
    )
    block.seats.set(screen.seats.all()[:1])

    (show,) = publish(draft(screen, card))

    show.refresh_from_db()
    assert (show.seats_total, show.seats_free) == (4, 3)
    assert unexplained_seats(show) == []


def test_one_show_that_is_not_ready_keeps_all_from_being_published(theatre, screen, card):
    SeatCategoryFactory(theatre=theatre, rank=3)
    other = ScreenFactory(theatre=theatre, plan="cc")
    good, unpriced, bare = draft(screen, card), draft(other, card), draft(screen, days=4)
    over = draft(screen, card, days=-1)

    with pytest.raises(NotPublishable, match="Nothing was published: 3 shows are not ready") as refusal:
        publish(good, unpriced, bare, over)

    assert [(show, type(problem), str(problem)) for show, problem in refusal.value.problems] == [
        (over, TimeInThePast, "This time is in the past."),
        (unpriced, PriceMissing, "There is no price for Recliner."),
        (bare, PriceMissing, "It has no price card."),
    ]
    assert set(Show.objects.values_list("status", flat=True)) == {Show.Status.DRAFT}
    assert not ShowSeat.objects.exists()


def test_a_card_whose_kinds_of_tickets_are_all_retired_has_no_price(screen, card):
    TicketType.objects.update(retired_at=timezone.now())

    assert [str(problem) for _, problem in problems_of([draft(screen, card)])] == [
        "There is no price for Classic and Premium."
    ]


def test_what_is_retired_closed_or_empty_is_not_ready(theatre, screen, card):
    now = timezone.now()
    shows = [draft(screen, card, movie=MovieFactory(title="Old", retired_at=now)), draft(screen, card, days=4)]
    shows[1].screen.seats.update(retired_at=now)

    assert [str(problem) for _, problem in problems_of(shows)] == ["“Old” is retired.", "One has no seats."]
    screen.retired_at = now
    assert [str(problem) for _, problem in problems_of(shows[1:])] == ["One is closed."]


def test_publishing_twice_changes_nothing_the_second_time(screen, card):
    show = draft(screen, card)
    publish(show)

    assert publish(show) == []
    assert show.seats.count() == 4
    assert AuditEvent.objects.count() == 1


def test_a_show_of_another_theatre_is_not_published(screen, card):
    show = draft(screen, card)

    assert publish_shows(theatre=TheatreFactory(), show_ids=[show.pk], user=None) == []
    assert not show.seats.exists()


def test_publishing_is_recorded_with_its_user(screen, card):
    asha = owner()
    show = draft(screen, card)
    publish(show, user=asha)

    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.show, event.details) == ("PUBLISH", asha, show, {"shows": [show.pk]})


@pytest.mark.parametrize("number", [1, 3, 30])
def test_publishing_takes_the_same_queries_for_any_number_of_shows(screen, card, number, django_assert_max_num_queries):
    shows = [draft(screen, card, days=n + 1) for n in range(number)]
    with django_assert_max_num_queries(24):
        publish(*shows)


def test_a_show_without_holds_can_become_a_draft_again(screen, card):
    (show,) = publish(draft(screen, card))

    again = unpublish_show(theatre=screen.theatre, show_id=show.pk, user=None)

    assert (again.status, again.seats_total, again.tariff) == (Show.Status.DRAFT, 0, None)
    assert not ShowSeat.objects.exists()
    assert publish(show)


@pytest.mark.parametrize("touch", [lambda show: held(show, "A1"), lambda show: sold(show, "A1"), cancelled])
def test_a_show_with_a_past_cannot_become_a_draft_again(screen, card, touch):
    (show,) = publish(draft(screen, card))
    touch(show)

    with pytest.raises(ShowHasHistory):
        unpublish_show(theatre=screen.theatre, show_id=show.pk, user=None)
    assert show.seats.count() == 4


def test_a_show_has_the_moment_it_was_put_on_sale_until_it_is_a_draft_again(screen, card):
    show, before = draft(screen, card), timezone.now()
    [on_sale] = publish(show)
    assert before <= Show.objects.get(pk=show.pk).published_at == on_sale.published_at

    unpublish_show(theatre=show.screen.theatre, show_id=show.pk, user=None)
    assert Show.objects.get(pk=show.pk).published_at is None
