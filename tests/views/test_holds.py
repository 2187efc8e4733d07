"""The page of held seats, and what can be done with a hold."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.exceptions import DatabaseBusy
from cinema.models import Hold, Payment, ShowSeat
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.holds import release_hold
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import LanguageFactory, ShowFactory, UserFactory, held, lapsed, seat, sold, starting_in
from tests.views.browsers import answers, browser, is_kept_nowhere, text
from tests.views.checkout import ASHA, check_out, nothing_is_booked, page

pytestmark = pytest.mark.django_db

WHAT_IS_OPEN = "Your seats for The Lunchbox (A 1 · B 2) are back on sale. Nothing was charged."


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aaaa\nbbbb", movie__title="The Lunchbox")


@pytest.fixture
def hold(show):
    return held(show, "A1 B2")


def addresses(hold):
    """The hold's page and what can be posted to it."""
    return [
        ("get", hold.get_absolute_url()),
        ("post", hold.get_absolute_url()),
        ("post", reverse("hold-extension", args=[hold.code])),
        ("post", reverse("hold-release", args=[hold.code])),
    ]


# The page


def test_the_checkout_says_what_is_held_and_what_it_costs(hold):
    said = text(page(hold))

    assert "Row A, seat 1 Classic ₹250" in said
    assert "Row B, seat 2 Premium ₹350" in said
    assert "Pay ₹600" in said


def test_it_shows_the_signed_in_user(hold):
    client = browser("asha")
    client.force_login(UserFactory(name="Asha Rao", email="asha@example.org", phone="022 123456"))

    known = answers(client.get(hold.get_absolute_url()))

    assert (known["name"], known["email"], known["phone"]) == ("Asha Rao", "asha@example.org", "022 123456")


def test_the_back_button_asks_again(hold):
    assert is_kept_nowhere(page(hold))
    assert is_kept_nowhere(check_out(hold))
    assert is_kept_nowhere(page(lapsed(hold)))


@pytest.mark.parametrize("stranger", ["ben", ""], ids=["another buyer", "nobody yet"])
def test_anothers_hold_is_not_there(hold, stranger):
    for method, address in addresses(hold):
        answer = getattr(browser(stranger), method)(address, ASHA)
        assert answer.status_code == 404
        assert "We couldn’t find this page" in text(answer)

    assert nothing_is_booked()
    hold.refresh_from_db()
    assert hold.status == Hold.Status.ACTIVE


def test_a_forged_cookie_identifies_nobody(hold):
    client = browser("ben")
    client.cookies["buyer"] = client.cookies["buyer"].value.replace("ben", "asha")

    assert client.get(hold.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("code", ["unknown", "x" * 5000, "%00", "a%00b", "%F0%9F%8E%AC", "%FF", "..", "1'--"])
def test_an_unknown_hold_is_404(hold, code):
    for method, address in addresses(hold):
        answer = getattr(browser("asha"), method)(address.replace(hold.code, code), ASHA)
        assert answer.status_code in (301, 404)
        assert answer.status_code == 404 or code == ".."


# Holds that are over


def test_an_expired_hold_gets_an_error_and_books_nothing(show, hold):
    opened = answers(page(hold))
    lapsed(hold)

    for method, address in addresses(hold):
        answer = getattr(browser("asha"), method)(address, opened | ASHA)
        assert answer.status_code == 409
        assert "Your time ran out" in text(answer)
        assert WHAT_IS_OPEN in text(answer)
        assert show.get_absolute_url() in answer.content.decode()
        assert show.movie.get_absolute_url() in answer.content.decode()

    assert nothing_is_booked()
    release_expired(show_id=show.pk)
    assert WHAT_IS_OPEN in text(page(hold))
    assert unexplained_seats(show) == []


def test_a_hold_that_was_changed_names_the_seats_it_had_at_last(show, hold):
    lapsed(held(show, "A2"))
    release_expired(show_id=show.pk)

    assert "Your seat for The Lunchbox (A 2) is back on sale." in text(page(hold))


def test_seats_let_go_in_another_tab_are_gone_in_this_one(show, hold):
    opened = answers(page(hold))
    release_hold(code=hold.code, buyer="asha")

    for method, address in addresses(hold):
        answer = getattr(browser("asha"), method)(address, opened | ASHA)
        assert answer.status_code == 409
        assert "Your seats have been released" in text(answer)
        assert WHAT_IS_OPEN in text(answer)

    assert nothing_is_booked()


def test_a_hold_that_was_paid_for_leads_to_its_ticket_and_nothing_is_charged_again(show):
    ticket = sold(show, "A1")

    for method, address in addresses(ticket.hold):
        answer = getattr(browser("asha"), method)(address, ASHA)
        assert answer.status_code in (302, 303)
        assert answer["Location"] == ticket.get_absolute_url()

    assert Payment.objects.count() == 1


def test_a_hold_whose_ticket_was_cancelled_leads_to_that_ticket(show):
    """“Your time ran out. Nothing was charged” would not be true."""
    ticket = cancel_ticket(code=sold(show, "A1").code)

    for method, address in addresses(ticket.hold):
        answer = getattr(browser("asha"), method)(address, ASHA)
        assert answer["Location"] == ticket.get_absolute_url()

    assert Payment.objects.count() == 1
    assert "cancelled" in text(browser("asha").get(ticket.get_absolute_url()))


# More time, and letting go


def extend(hold):
    return browser("asha").post(reverse("hold-extension", args=[hold.code]), follow=True)


def test_more_time(hold):
    soon = timezone.now() + timedelta(minutes=1)
    Hold.objects.update(expires_at=soon)

    assert "Done – you have 10 more minutes." in text(extend(hold))

    hold.refresh_from_db()
    assert hold.expires_at > soon + timedelta(minutes=5)


def test_more_time_has_an_end_and_the_seats_stay_held_until_then(hold):
    Hold.objects.update(latest_at=hold.latest_at - timedelta(minutes=25))
    extend(hold)

    answer = extend(hold)

    assert "Seats can be held for 30 minutes at most." in text(answer)
    assert answer.redirect_chain == [(hold.get_absolute_url(), 303)]


def test_letting_go_frees_the_seats_and_leads_back_to_the_map(show, hold):
    answer = browser("asha").post(reverse("hold-release", args=[hold.code]), follow=True)

    assert answer.redirect_chain == [(show.get_absolute_url(), 303)]
    assert "Your seats have been released. Nothing was charged." in text(answer)
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE


@pytest.mark.parametrize("name", ["hold-extension", "hold-release"])
def test_a_link_changes_no_hold(hold, name):
    assert browser("asha").get(reverse(name, args=[hold.code])).status_code == 405


@pytest.mark.parametrize("name", ["hold-extension", "hold-release"])
def test_a_busy_database_changes_nothing_and_says_so(hold, name, monkeypatch):
    def busy(**request):
        raise DatabaseBusy

    monkeypatch.setattr(f"cinema.views.public.holds.{'extend' if 'ext' in name else 'release'}_hold", busy)

    answer = browser("asha").post(reverse(name, args=[hold.code]), follow=True)

    assert "Nothing was changed; please try again." in text(answer)


# What to know before paying


@pytest.mark.parametrize(
    ("percent", "minutes", "said"),
    [
        (100, 60, "Free cancellation until Friday 26 November, 17:30."),
        (80, 120, "80% back if you cancel by Friday 26 November, 16:30."),
        (0, 60, "Tickets are non-refundable."),
    ],
)
def test_the_terms_of_cancelling_stand_above_the_button(percent, minutes, said):
    show = ShowFactory(
        screen__theatre__refund_percent=percent,
        screen__theatre__cancel_cutoff=minutes,
        starts_at=datetime(2100, 11, 26, 13, 0, tzinfo=UTC),
    )

    page_text = text(page(held(show, "A1")))

    assert said in page_text
    assert page_text.index(said) < page_text.index("Pay ₹250")


def test_where_it_is_too_late_to_cancel_the_checkout_says_so():
    show = starting_in(ShowFactory(screen__theatre__cancel_cutoff=120), timedelta(minutes=90))

    assert "too late to cancel tickets for this show" in text(page(held(show, "A1")))


@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        (
            "A",
            "A : Adults only (18 and over). Please bring proof of age. Nobody younger is admitted,",
        ),
        ("UA 16+", "UA 16+ : Parents decide for children under 16."),
    ],
)
def test_the_age_certificate_is_explained_at_the_checkout(certificate, said):
    assert said in text(page(held(ShowFactory(movie__certificate=certificate), "A1")))


def test_the_checkout_names_the_subtitles():
    show = ShowFactory(subtitles=LanguageFactory(code="en", name="English"))

    assert "Hindi, English subtitles" in text(page(held(show, "A1")))


def test_the_checkout_shows_where_in_the_hall_the_seats_are(hold):
    plan = browser("asha").get(reverse("hold-plan", args=[hold.code]))

    assert f'src="{reverse("hold-plan", args=[hold.code])}"' in page(hold).content.decode()
    assert plan["Content-Type"] == "image/svg+xml"
    others, chosen = re.findall(r'<path d="([^"]*)" fill="#', plan.content.decode())
    assert (others.count("z"), chosen.count("z")) == (6, 2)


def test_the_plan_of_a_hold_is_for_its_buyer_alone(hold):
    assert browser("ben").get(reverse("hold-plan", args=[hold.code])).status_code == 404
