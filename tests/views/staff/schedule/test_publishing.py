"""Drafts of some days: put on sale, given a price card, or thrown away."""

import pytest
from django.urls import reverse

from cinema.models import Show
from tests.factories import MANAGER, ScreenFactory, draft, price_card, staff
from tests.views.browsers import inputs, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, theatre):
    client.force_login(staff(theatre, MANAGER))
    return client


def url(name, show):
    return f"{reverse(f'staff-schedule-{name}', args=['here'])}?day={show.trading_day}"


def keys(*shows):
    return {"shows": ",".join(str(show.pk) for show in shows)}


def test_the_page_says_what_is_ready_and_the_button_puts_it_on_sale(manager, screen, card):
    show = draft(screen, card)
    page = manager.get(url("publish", show))
    assert "1 show is ready." in text(page)
    assert {"type": "hidden", "name": "shows", "value": str(show.pk)} in inputs(page)

    answer = manager.post(url("publish", show), keys(show), follow=True)

    assert "1 show is on sale." in text(answer)
    assert Show.objects.get().seats_free == 2


def test_the_page_says_what_is_not_ready_and_offers_the_rest(manager, screen, card):
    good = draft(screen, card)
    bare = draft(screen, starts_at=good.ends_at)

    page = manager.get(url("publish", good))

    assert "1 show is ready. 1 is not." in text(page)
    assert "It has no price card." in text(page)
    assert "Put 1 show on sale" in text(page)
    answer = manager.post(url("publish", good), keys(good, bare))
    assert (answer.status_code, "Nothing was published: 1 show is not ready." in text(answer)) == (409, True)
    assert not Show.objects.filter(status=Show.Status.SCHEDULED).exists()


def test_the_same_click_twice_publishes_once(manager, screen, card):
    show = draft(screen, card)
    manager.post(url("publish", show), keys(show))
    answer = manager.post(url("publish", show), keys(show), follow=True)

    assert "0 shows are on sale." in text(answer)
    assert show.seats.count() == 2


def test_drafts_without_a_card_get_one(manager, screen, card):
    show = draft(screen)

    page = manager.post(url("card", show), keys(show) | {"price_card": card.pk}, follow=True)

    assert "1 show has a price card now." in text(page)
    assert "1 show is ready." in text(page)


def test_drafts_are_thrown_away(manager, screen, card):
    show = draft(screen, card)

    assert "1 draft has been deleted." in text(manager.post(url("discard", show), keys(show), follow=True))
    assert not Show.objects.exists()


@pytest.mark.parametrize("name", ["publish", "discard", "card"])
@pytest.mark.parametrize("shows", ["", "x", "1,", "9" * 40, "\x00", "1;2"])
def test_keys_that_cannot_be_read_are_refused(manager, screen, card, name, shows):
    show = draft(screen, card)

    assert manager.post(url(name, show), {"shows": shows, "price_card": card.pk}).status_code == 400
    assert Show.objects.get().status == Show.Status.DRAFT


def test_another_theatres_drafts_are_left_alone(manager, screen, card):
    elsewhere = draft(ScreenFactory())
    other_card = price_card(elsewhere.screen.theatre)

    manager.post(url("publish", elsewhere), keys(elsewhere))
    manager.post(url("discard", elsewhere), keys(elsewhere))
    manager.post(url("card", elsewhere), keys(elsewhere) | {"price_card": card.pk})
    assert manager.post(url("card", elsewhere), keys(elsewhere) | {"price_card": other_card.pk}).status_code == 400

    elsewhere.refresh_from_db()
    assert (elsewhere.status, elsewhere.price_card) == (Show.Status.DRAFT, None)


def test_without_drafts_the_page_says_so(manager, theatre):
    assert "nothing left to publish" in text(manager.get(reverse("staff-schedule-publish", args=["here"])))


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_page_takes_the_same_queries_for_any_number_of_drafts(
    manager, theatre, card, number, django_assert_max_num_queries
):
    first = draft(ScreenFactory(theatre=theatre), card)
    for _ in range(number):
        draft(ScreenFactory(theatre=theatre), starts_at=first.starts_at)
    with django_assert_max_num_queries(12):
        manager.get(url("publish", first))
