"""The waiting list: its form on a map without free seats, and the page behind the mail."""

import pytest
from django.urls import reverse

from cinema.models import Hold, Show, ShowSeat, Ticket, WaitingEntry
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    CONTACT,
    ShowFactory,
    UserFactory,
    cancelled,
    held,
    lapsed,
    order_hold,
    past,
    report,
    sold,
    waiting,
)
from tests.mails import outbox
from tests.views.browsers import browser, is_kept_nowhere, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    """A hall of four; asha's ticket has two of the seats, ben's the others."""
    show = ShowFactory(screen__plan="aaaa")
    sold(show, "A1 A2", buyer="asha")
    sold(show, "A3 A4", buyer="ben")
    return show


@pytest.fixture
def entry(show):
    return waiting(show)


def free(show: Show, buyer: str = "asha") -> None:
    cancel_ticket(code=Ticket.objects.get(show=show, hold__buyer=buyer).code)


def join(show: Show, email: str = "wanda@example.org", party="2"):
    return browser().post(reverse("show-waiting", args=[show.pk]), {"email": email, "party": party})


def do(entry: WaitingEntry, what: str, buyer: str = ""):
    return browser(buyer).post(reverse(f"waiting-{what}", args=[entry.code]))


def look(entry: WaitingEntry, buyer: str = "") -> str:
    return text(browser(buyer).get(entry.get_absolute_url()))


# Joining


def test_a_map_without_a_free_seat_has_the_form_outside_its_own(show):
    page = browser().get(show.get_absolute_url()).content.decode()

    assert reverse("show-waiting", args=[show.pk]) in page
    assert page.index("</form>", page.index('data-seat-map="waiting"')) < page.index('id="seat-map-form"')


@pytest.mark.parametrize("happens", [free, lambda show: lapsed(Hold.objects.filter(status="ACTIVE").first())])
def test_a_map_with_a_free_seat_has_none(happens):
    show = ShowFactory(screen__plan="aaa")
    sold(show, "A1", buyer="asha")
    held(show, "A2 A3", buyer="cleo")
    happens(show)

    assert 'data-seat-map="waiting"' not in browser().get(show.get_absolute_url()).content.decode()


def test_a_buyer_with_held_seats_is_not_offered_the_waiting_list(show):
    free(show)
    held(show, "A1 A2", buyer="asha")

    assert 'data-seat-map="waiting"' not in browser("asha").get(show.get_absolute_url()).content.decode()


def test_a_show_that_is_sold_at_the_box_office_only_has_no_list(show, settings):
    settings.PAYMENT_GATEWAYS = {}

    assert 'data-seat-map="waiting"' not in browser().get(show.get_absolute_url()).content.decode()


def test_the_email_of_a_signed_in_user_is_prefilled(client, show):
    user = UserFactory()
    client.force_login(user)

    assert f'value="{user.email}"' in client.get(show.get_absolute_url()).content.decode()


def test_joining_leads_back_to_the_show_and_reveals_no_code(client, show):
    response = client.post(
        reverse("show-waiting", args=[show.pk]), {"email": "Wanda@example.org", "party": "3"}, follow=True
    )

    entry = WaitingEntry.objects.get()
    assert (entry.email, entry.party) == ("wanda@example.org", 3)
    assert "We’ve emailed wanda@example.org" in text(response)
    assert entry.code not in response.content.decode()
    assert entry.code in outbox()[-1].body


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"email": "nonsense"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "a\x00b@example.org"}, "email"),
        ({"party": "0"}, "party"),
        ({"party": "11"}, "party"),
        ({"party": "two"}, "party"),
        ({"party": "9" * 5000}, "party"),
    ],
)
def test_answers_that_make_no_sense_come_back_with_the_reason(show, answers, field):
    page = join(show, **answers)

    assert page.status_code == 400
    assert field in page.context["form"].errors
    assert not WaitingEntry.objects.exists()


def test_while_seats_are_free_nobody_joins_the_list(client, show):
    free(show)

    response = client.post(reverse("show-waiting", args=[show.pk]), {"email": "w@example.org", "party": 2}, follow=True)

    assert "There are 2 seats free right now." in text(response)


def test_requests_beyond_a_clients_limit_get_429_whatever_their_headers(client, show, settings):
    settings.HOLDS_PER_ADDRESS = 1
    join(show)

    response = client.post(
        reverse("show-waiting", args=[show.pk]),
        {"email": "xaver@example.org", "party": 2},
        follow=True,
        HTTP_X_FORWARDED_FOR="198.51.100.1",
    )

    assert "Too many people from your network are already on the waiting list" in text(response)
    assert WaitingEntry.objects.count() == 1


def test_a_started_show_has_a_notice(client, show):
    past(show)

    response = client.post(reverse("show-waiting", args=[show.pk]), {"email": "w@example.org", "party": 2}, follow=True)

    assert "has already started" in text(response)


def test_the_address_of_the_form_leads_to_the_show(show):
    assert browser().get(reverse("show-waiting", args=[show.pk]))["Location"] == show.get_absolute_url()
    assert join(Show(pk=4711)).status_code == 404


# The page of a place in the line


def test_the_page_says_how_many_are_before_one(show, entry):
    second = waiting(show, "xaver@example.org", 1)

    assert "You’re first on the list" in look(entry)
    assert "1 party is ahead of you." in look(second)


def test_an_offer_names_its_seats_what_they_cost_and_until_when(show, entry):
    free(show)

    page = look(entry)

    for fact in ("2 seats are held for you", "Row A, seat 1", "Row A, seat 2", "₹500", "Take these seats"):
        assert fact in page


def test_looking_changes_nothing(show, entry):
    """A program that checks mails for harm follows every link in them."""
    free(show)
    before = list(WaitingEntry.objects.values()), list(Hold.objects.values()), list(ShowSeat.objects.values())

    for name in ("waiting", "waiting-leave", "waiting-take"):
        browser().get(reverse(name, args=[entry.code]))

    assert (list(WaitingEntry.objects.values()), list(Hold.objects.values()), list(ShowSeat.objects.values())) == before


def test_taking_the_seats_leads_to_the_checkout(show, entry):
    free(show)

    response = do(entry, "take", buyer="wanda")

    hold = Hold.objects.get(waiting=entry)
    assert (response.status_code, response["Location"]) == (303, hold.get_absolute_url())
    assert "Pay ₹500" in text(browser("wanda").get(response["Location"]))
    assert hold.get_absolute_url() in browser("wanda").get(entry.get_absolute_url()).content.decode()


def test_a_browser_that_never_held_anything_can_take_them(client, show, entry):
    free(show)

    response = client.post(reverse("waiting-take", args=[entry.code]), follow=True)

    assert "Pay ₹500" in text(response)


def test_an_expired_offer_has_a_notice_instead(show, entry):
    free(show)
    entry.refresh_from_db()
    lapsed(entry.hold)

    assert "This offer has expired" in look(entry)
    refusal = do(entry, "take", buyer="wanda")
    assert refusal.status_code == 409
    assert "no longer held for you" in text(refusal)


def test_leaving_is_confirmed(show, entry):
    assert do(entry, "leave")["Location"] == entry.get_absolute_url()
    assert "You’ve left the waiting list" in look(entry)
    assert do(entry, "leave").status_code == 303


def test_once_booked_the_page_leads_to_the_ticket(show, entry):
    free(show)
    do(entry, "take", buyer="wanda")
    hold = Hold.objects.get(waiting=entry)
    settle_payment(
        report=report(order_hold(code=hold.code, buyer="wanda", contact=CONTACT, mode="UPI", key="the key of wanda"))
    )

    assert "These seats are booked" in look(entry)
    assert do(entry, "leave").status_code == 303
    assert "These seats are booked" in look(entry)


@pytest.mark.parametrize(("change", "word"), [(past, "show has started"), (cancelled, "show was cancelled")])
def test_after_the_start_the_waiting_is_over(show, entry, change, word):
    change(show)

    assert word in look(entry)


def test_an_offer_ends_when_its_show_is_cancelled(show, entry):
    free(show)
    cancelled(show)

    assert "show was cancelled" in look(entry)
    assert do(entry, "take", buyer="wanda").status_code == 409


def test_an_unknown_code_is_not_found():
    assert browser().get(reverse("waiting", args=["nobody"])).status_code == 404
    for name in ("waiting-leave", "waiting-take"):
        assert browser().post(reverse(name, args=["nobody"])).status_code == 404


def test_the_page_is_kept_nowhere(entry):
    assert is_kept_nowhere(browser().get(entry.get_absolute_url()))


@pytest.mark.parametrize("others", [0, 3, 30])
def test_the_page_asks_the_database_as_often_for_a_long_line_as_for_a_short_one(
    client, show, others, django_assert_num_queries
):
    for number in range(others):
        waiting(show, f"guest{number}@example.org")
    entry = waiting(show)

    with django_assert_num_queries(2):
        client.get(entry.get_absolute_url())


# The place in the line, in the browser that joined


def test_a_sold_out_show_leads_to_its_waiting_list_and_offers_nothing_else(show):
    page = browser().get(show.get_absolute_url())

    assert "Sold out Join the waiting list" in text(page)
    assert 'href="#waiting-list"' in page.content.decode()
    assert "How many?" not in text(page)
    assert "choose seats" not in text(page)


@pytest.fixture
def wanda(show):
    client = browser()
    client.post(reverse("show-waiting", args=[show.pk]), {"email": "wanda@example.org", "party": 2})
    return client


def test_a_party_that_joined_sees_its_place_instead_of_the_form(show, wanda):
    page = wanda.get(show.get_absolute_url())

    assert "Sold out You’re first on the list." in text(page)
    assert 'data-seat-map="waiting"' not in page.content.decode()


def test_a_later_party_sees_how_many_are_ahead(show, entry):
    client = browser()
    client.post(reverse("show-waiting", args=[show.pk]), {"email": "xaver@example.org", "party": 2})

    assert "1 party is ahead of you." in text(client.get(show.get_absolute_url()))


def test_a_party_that_joined_can_leave_there(show, wanda):
    page = wanda.post(reverse("show-waiting-leave", args=[show.pk]), follow=True)

    assert "You’ve left the waiting list." in text(page)
    assert 'data-seat-map="waiting"' in page.content.decode()
    assert WaitingEntry.objects.get().status == WaitingEntry.Status.LEFT


def test_with_an_offer_the_place_refers_to_the_mail(show, wanda):
    free(show)

    assert "Seats are held for you: see your email." in text(wanda.get(show.get_absolute_url()))


def test_entering_the_email_of_a_waiting_person_does_not_give_their_place(show, entry):
    client = browser()
    client.post(reverse("show-waiting", args=[show.pk]), {"email": entry.email, "party": 2})

    assert "in line." not in text(client.get(show.get_absolute_url()))
    client.post(reverse("show-waiting-leave", args=[show.pk]))
    entry.refresh_from_db()
    assert entry.status == WaitingEntry.Status.WAITING


def test_a_forged_place_is_none(show, entry):
    client = browser()
    client.cookies[f"waiting-{show.pk}"] = f"{entry.pk}:forged"

    assert 'data-seat-map="waiting"' in client.get(show.get_absolute_url()).content.decode()
