"""A show's page in the back office: who sits where."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from cinema.models import AuditEvent, Show, ShowNote, User
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.orders import cancel_order
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import (
    BOX_OFFICE,
    CONTACT,
    MANAGER,
    USHER,
    ScreenFactory,
    ShowFactory,
    admitted,
    booked,
    cancelled,
    draft,
    held,
    lapsed,
    on_card,
    put_off_sale,
    report,
    seat,
    seat_ids,
    sold,
    staff,
    starting_in,
    ticket_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theatre):
    return ShowFactory(screen=ScreenFactory(theatre=theatre, name="Grand", rows=4, columns=10))


@pytest.fixture
def clerk(client, theatre):
    client.force_login(staff(theatre, BOX_OFFICE))
    return client


def page_of(show) -> str:
    return reverse("staff-shows-show", args=["here", show.pk])


def today(show) -> None:
    """Let the show be one of today, whatever the hour is, and on sale until its end."""
    day = show.screen.theatre.trading_day(timezone.now())
    starting_in(show, timedelta(minutes=1))
    Show.objects.filter(pk=show.pk).update(trading_day=day, sales_end_at=F("ends_at"))


def words(page: str) -> str:
    return " ".join(page.split())


def test_a_seat_leads_to_its_party_and_the_party_to_its_order(clerk, show):
    ticket = sold(show, "A1 A2")
    page = clerk.get(page_of(show)).text

    assert f'href="#order-{ticket.reference}" title="{CONTACT.name}"' in page
    assert f'aria-label="Row A, seat 1, {CONTACT.name}"' in page
    assert f'id="order-{ticket.reference}"' in page
    assert reverse("staff-orders-order", args=["here", ticket.reference]) in page


def test_it_counts_the_seats_by_how_they_stand(clerk, show):
    sold(show, "A1 A2")
    held(show, "A3", buyer="ben")
    lapsed(held(show, "A4", buyer="cleo"))
    put_off_sale(screen=show.screen, seat_ids=[seat(show, "B1").seat_id], kind="HOUSE", from_day=show.trading_day)
    page = words(clerk.get(page_of(show)).text)

    assert "<span>2 sold</span> <span>1 held</span> <span>36 free</span> <span>0 admitted</span>" in page
    assert "<span>1 blocked</span>" in page


def test_a_party_that_has_not_paid_yet_is_named_as_such(clerk, show):
    booked(show, "A1")
    page = clerk.get(page_of(show)).text
    assert "not paid yet" in page
    assert "1 held" in page


def test_an_order_whose_time_to_pay_is_over_has_no_seats(clerk, show):
    payment = booked(show, "A1")
    lapsed(ticket_of(payment).hold)
    assert "Nobody has booked this show yet." in clerk.get(page_of(show)).text


def test_seats_that_were_refunded_are_nobodys(clerk, show, theatre):
    ticket = sold(show, "A1")
    cancel_order(code=ticket.code, requested=RequestedAction(staff(theatre, MANAGER), "ill", 0, "key"), amount=None)
    page = clerk.get(page_of(show)).text
    assert ticket.reference not in page
    assert "Nobody has booked this show yet." in page


def test_an_usher_sees_references_and_no_names(client, theatre, show):
    ticket = sold(show, "A1")
    client.force_login(staff(theatre, USHER))
    page = client.get(page_of(show)).text

    assert f"{ticket.reference[:4]}-{ticket.reference[4:]}" in page
    assert CONTACT.name not in page
    assert reverse("staff-orders-order", args=["here", ticket.reference]) not in page


def test_only_a_manager_is_led_to_its_plan(client, theatre, show):
    edit = reverse("staff-schedule-show", args=["here", show.pk])
    for role, sees in ((MANAGER, True), (BOX_OFFICE, False)):
        client.force_login(staff(theatre, role))
        assert (edit in client.get(page_of(show)).text) is sees


def test_a_manager_can_cancel_a_show_from_its_page_until_it_is_over(client, theatre, show):
    cancel = reverse("staff-shows-cancel", args=["here", show.pk])
    for role, sees in ((MANAGER, True), (BOX_OFFICE, False)):
        client.force_login(staff(theatre, role))
        assert (cancel in client.get(page_of(show)).text) is sees
    client.force_login(staff(theatre, MANAGER))
    for other in (starting_in(show, -timedelta(hours=4)), draft(show.screen), cancelled(show)):
        assert "Cancel this show" not in client.get(page_of(other)).text


def test_drafts_and_cancelled_shows_are_labelled(clerk, theatre, screen, card, show):
    assert "Draft: its seats go on sale" in clerk.get(page_of(draft(screen, card))).text
    assert "This show is cancelled." in clerk.get(page_of(cancelled(show))).text


def test_a_name_is_written_as_text(clerk, show):
    ticket = sold(show, "A1")
    ticket.order.name = '<b>"Bobby'
    ticket.order.save()
    assert '"<b>"Bobby' not in clerk.get(page_of(show)).text
    assert "&lt;b&gt;&quot;Bobby" in clerk.get(page_of(show)).text


def test_it_counts_the_tickets_by_type_and_who_came(clerk, theatre):
    show = on_card(screen=ScreenFactory(theatre=theatre, plan="aaaa"), adult=250, child=150)
    adult, child = theatre.ticket_types.order_by("rank")
    types = dict(zip(seat_ids(show, "A1 A2 A3"), (adult.pk, adult.pk, child.pk), strict=True))
    payment = booked(show, "A1 A2 A3", types=types)
    settle_payment(report=report(payment))
    admitted(ticket_of(payment), "A1")
    page = words(clerk.get(page_of(show)).text)

    row = '<th scope="row">{}</th> <td class="num">{}</td> <td class="num">{}</td>'
    assert row.format("Adult", 2, 1) in page and row.format("Child", 1, 0) in page
    assert "<span>1 admitted</span>" in page and "1 of 3 admitted" in page
    assert f'aria-label="Row A, seat 1, {CONTACT.name}, admitted"' in page
    assert f'aria-label="Row A, seat 2, {CONTACT.name}"' in page


def test_tickets_of_a_show_without_a_price_card_have_no_type(clerk, show):
    sold(show, "A1 A2")
    assert '<th scope="row">Without a type</th> <td class="num">2</td>' in words(clerk.get(page_of(show)).text)


KEY = "a key of sixteen letters"


def write(client, show, text="A school comes at 10", **more):
    return client.post(reverse("staff-shows-note", args=["here", show.pk]), {"text": text, "key": KEY} | more)


def test_a_note_is_kept_with_who_wrote_it_and_when(client, theatre, show):
    client.force_login(staff(theatre, BOX_OFFICE, name="Ravi Iyer"))
    response = write(client, show, "Two wheelchairs\n<b>Side door</b>")
    assert (response.status_code, response.url) == (303, f"{page_of(show)}#show-notes")
    page = client.get(page_of(show)).text
    assert "Two wheelchairs<br>&lt;b&gt;Side door&lt;/b&gt;" in page and "Ravi Iyer, " in page


def test_a_form_sent_twice_writes_one_note(clerk, show):
    write(clerk, show)
    write(clerk, show)
    assert clerk.get(page_of(show)).text.count("A school comes at 10</p>") == 1


def test_a_removed_note_is_shown_no_more_and_kept(clerk, show):
    write(clerk, show)
    note = ShowNote.objects.get()
    remove = reverse("staff-shows-note-remove", args=["here", note.pk])
    for _ in range(2):
        assert clerk.post(remove).status_code == 303
    assert "A school comes" not in clerk.get(page_of(show)).text
    note.refresh_from_db()
    assert note.removed_by == note.written_by and note.removed_at
    assert AuditEvent.objects.filter(action="NOTE").count() == 2


def test_an_usher_reads_notes_and_neither_writes_nor_removes_them(client, clerk, theatre, show):
    write(clerk, show)
    client.force_login(staff(theatre, USHER))
    page = client.get(page_of(show)).text
    assert "A school comes at 10" in page and "Write a note" not in page and "/remove/" not in page


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"text": " "}, "This field is required."),
        ({"text": "\u200b"}, "This field is required."),
        ({"text": "x" * 501}, "at most 500 characters"),
        ({"text": "a\0b"}, "Null characters are not allowed."),
        ({"key": "short"}, "at least 16 characters"),
    ],
)
def test_a_note_that_makes_no_sense_gets_a_sentence(clerk, show, said, sentence):
    response = write(clerk, show, **said)
    assert response.status_code == 400 and sentence in response.text
    assert not ShowNote.objects.exists()


def test_the_note_of_somebody_who_is_gone_stays(clerk, show):
    write(clerk, show)
    User.objects.all().delete()
    clerk.force_login(staff(show.screen.theatre, USHER))
    assert "A school comes at 10" in clerk.get(page_of(show)).text


LINKS = {
    "sell": "/sell/?show=",
    "block": "/blocks/add/",
    "move": "/move/",
    "edit": "/schedule/shows/",
    "cancel": "/cancellation/",
    "check-in list": "/door/shows/",
    "order": "/orders/",
}


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (MANAGER, set(LINKS)),
        (BOX_OFFICE, {"sell", "block", "move", "check-in list", "order"}),
        (USHER, {"check-in list"}),
    ],
)
def test_each_role_finds_what_it_may_do_and_no_more(client, theatre, show, role, seen):
    sold(show, "A1")
    today(show)
    client.force_login(staff(theatre, role))
    main = client.get(page_of(show)).text.partition("<main")[2].partition("</main>")[0]
    assert {name for name, part in LINKS.items() if part in main} == seen


def test_every_link_of_the_page_leads_somewhere(client, theatre, show):
    sold(show, "A1")
    today(show)
    client.force_login(staff(theatre, MANAGER))
    main = client.get(page_of(show)).text.partition("<main")[2].partition("</main>")[0]
    for link in set(re.findall(r'href="(/[^"]*)"', main)):
        assert client.get(unescape(link)).status_code == 200, link


def test_the_counter_sells_only_what_is_on_today(clerk, show):
    assert "Sell tickets" not in clerk.get(page_of(show)).text
    today(show)
    assert "Sell tickets" in clerk.get(page_of(show)).text


def test_nothing_is_sold_blocked_or_moved_when_the_film_is_over(clerk, show):
    sold(show, "A1")
    starting_in(show, -timedelta(hours=4))
    page = clerk.get(page_of(show)).text
    assert not any(name in page for name in ("Sell tickets", "Block seats", "/move/", "hx-trigger"))
    assert "Check-in list to print" in page


def test_seats_are_blocked_for_the_day_of_the_show(clerk, show):
    day = show.trading_day.isoformat()
    page = clerk.get(reverse("staff-blocks-hall", args=["here", show.screen_id]), {"day": day}).text
    assert page.count(f'value="{day}"') == 2


@pytest.mark.parametrize("day", ["", "x", "2020-02-30", "2001-01-01", "9" * 40])
def test_a_day_that_is_none_or_past_leaves_the_form_of_blocks_as_it_is(clerk, show, day):
    response = clerk.get(reverse("staff-blocks-hall", args=["here", show.screen_id]), {"day": day})
    assert response.status_code == 200
    assert response.context["form"]["from_day"].value() == response.context["form"].today


def test_a_script_fetches_the_live_parts_alone(clerk, show):
    sold(show, "A1")
    page = clerk.get(page_of(show), headers={"HX-Request": "true"}).text
    assert "<html" not in page
    for part in ("show-notes", "show-counts", "show-floor", "show-parties"):
        assert f'id="{part}"' in page


@pytest.mark.parametrize("number", [1, 3, 30])
def test_it_takes_as_many_queries_for_one_party_as_for_thirty(clerk, show, number, django_assert_num_queries):
    for n in range(number):
        sold(show, f"{'ABC'[n // 10]}{n % 10 + 1}", buyer=f"buyer {n}")
        write(clerk, show, key=f"the key of note {n:06}")
    with django_assert_num_queries(7):
        clerk.get(page_of(show))


def test_a_hall_of_300_seats_takes_no_more_queries(clerk, theatre, django_assert_num_queries):
    show = ShowFactory(screen=ScreenFactory(theatre=theatre, rows=12, columns=25))
    for row in "ABCDEFGHJKLM":
        sold(show, " ".join(f"{row}{n}" for n in range(1, 9)), buyer=f"buyer {row}")
    with django_assert_num_queries(7):
        page = clerk.get(page_of(show)).text
    assert "<span>96 sold</span> <span>204 free</span>" in words(page)


@pytest.mark.parametrize("role", [MANAGER, BOX_OFFICE, USHER])
def test_today_leads_everybody_to_the_show(client, theatre, show, role):
    client.force_login(staff(theatre, role))
    today = client.get(reverse("staff-today", args=["here"]) + f"?day={show.trading_day}").text
    assert today.count(f'href="{page_of(show)}"') == 2  # on the line of time, and in the list
