"""Every URL of the back office with every kind of user: 404 for those who may not see it.

The URLs come from the URL resolver, with real objects. A URL missing in MATRIX fails: add its roles there.
"""

from functools import partial

import pytest
from django.urls import reverse

from tests.factories import BOX_OFFICE, MANAGER, USHER, UserFactory, owner, staff
from tests.views.staff.addresses import PATTERNS, at_a_theatre, of_a_thing

pytestmark = pytest.mark.django_db

EVERYBODY = {MANAGER, BOX_OFFICE, USHER}
STRANGERS = ["customer", "django admin", "dismissed"]
PEOPLE = [*STRANGERS, *sorted(EVERYBODY), *(f"{role} elsewhere" for role in sorted(EVERYBODY))]

# By URL name: the roles that may open it, beside owners. A theatre's page needs the role there, any other at a theatre.
MATRIX: dict[str, set[str]] = {
    # The way in
    "staff": EVERYBODY,
    # Today
    "staff-today": EVERYBODY,
    # Door
    "staff-door": EVERYBODY,
    "staff-door-counts": EVERYBODY,
    "staff-door-show": EVERYBODY,
    "staff-door-tickets": EVERYBODY,
    "staff-door-merging": EVERYBODY,
    "staff-door-worker": EVERYBODY,
    "staff-door-setup": EVERYBODY,
    "staff-door-scan": EVERYBODY,
    "staff-door-undo": EVERYBODY,
    "staff-door-by-hand": {MANAGER},
    "staff-door-settle": {MANAGER},
    # Films
    "staff-films": {MANAGER},
    "staff-films-add": {MANAGER},
    "staff-films-export": {MANAGER},
    "staff-films-import": {MANAGER},
    "staff-films-import-report": {MANAGER},
    "staff-films-import-preview": {MANAGER},
    "staff-films-edit": {MANAGER},
    "staff-films-retire": {MANAGER},
    "staff-films-poster": {MANAGER},
    "staff-films-still": {MANAGER},
    "staff-films-seasons": {MANAGER},
    "staff-films-seasons-add": {MANAGER},
    "staff-films-season": {MANAGER},
    "staff-films-season-delete": {MANAGER},
    # Theatres and people
    "staff-theatres": set(),
    "staff-theatres-add": set(),
    "staff-theatres-edit": set(),
    "staff-theatres-appearance": set(),
    "staff-appearance": set(),
    "staff-theatres-tax-add": set(),
    "staff-theatres-tax-remove": set(),
    "staff-legal": set(),
    "staff-legal-text": set(),
    "staff-theatres-legal": set(),
    "staff-legal-version": set(),
    "staff-legal-person": set(),
    "staff-legal-person-export": set(),
    "staff-legal-person-erase": set(),
    "staff-people": {MANAGER},
    "staff-people-take": {MANAGER},
    "staff-people-invite": {MANAGER},
    "staff-people-pin": {MANAGER},
    # Screens and their seats
    "staff-screens": {MANAGER},
    "staff-screens-add": {MANAGER},
    "staff-screens-categories": {MANAGER},
    "staff-screens-edit": {MANAGER},
    "staff-screens-preview": {MANAGER},
    "staff-screens-save": {MANAGER},
    "staff-screens-retire": {MANAGER},
    # Seats off sale
    "staff-blocks": {MANAGER, BOX_OFFICE},
    "staff-blocks-add": {MANAGER, BOX_OFFICE},
    "staff-blocks-hall": {MANAGER, BOX_OFFICE},
    "staff-blocks-block": {MANAGER, BOX_OFFICE},
    "staff-blocks-lift": {MANAGER, BOX_OFFICE},
    "staff-blocks-move": {MANAGER, BOX_OFFICE},
    "staff-blocks-release": {MANAGER, BOX_OFFICE},
    # Schedule
    "staff-schedule": {MANAGER},
    "staff-schedule-add": {MANAGER},
    "staff-schedule-copy": {MANAGER},
    "staff-schedule-labels": {MANAGER},
    "staff-schedule-hires": {MANAGER},
    "staff-schedule-hire-add": {MANAGER},
    "staff-schedule-hire": {MANAGER},
    "staff-schedule-hire-delete": {MANAGER},
    "staff-schedule-publish": {MANAGER},
    "staff-schedule-discard": {MANAGER},
    "staff-schedule-card": {MANAGER},
    "staff-schedule-import": {MANAGER},
    "staff-schedule-template": {MANAGER},
    "staff-schedule-show": {MANAGER},
    "staff-schedule-move": {MANAGER},
    "staff-schedule-delete": {MANAGER},
    "staff-schedule-unpublish": {MANAGER},
    # Prices
    "staff-prices": {MANAGER},
    "staff-prices-add": {MANAGER},
    "staff-prices-card": {MANAGER},
    "staff-prices-retire": {MANAGER},
    "staff-prices-preview": {MANAGER},
    "staff-prices-shows": {MANAGER},
    "staff-prices-types": {MANAGER},
    "staff-prices-types-edit": {MANAGER},
    "staff-prices-types-move": {MANAGER},
    "staff-prices-types-retire": {MANAGER},
    "staff-prices-coupons": {MANAGER},
    "staff-prices-coupons-add": {MANAGER},
    "staff-prices-coupons-edit": {MANAGER},
    "staff-prices-coupons-end": {MANAGER},
    # Shows, and those that are cancelled
    "staff-shows-show": EVERYBODY,
    "staff-shows-note": {MANAGER, BOX_OFFICE},
    "staff-shows-note-remove": {MANAGER, BOX_OFFICE},
    "staff-shows-cancel": {MANAGER},
    "staff-shows-cancel-progress": {MANAGER},
    # Payments and refunds that wait for the provider
    "staff-payments": {MANAGER, BOX_OFFICE},
    "staff-payments-invoices": {MANAGER, BOX_OFFICE},
    "staff-payments-invoice": {MANAGER, BOX_OFFICE},
    "staff-payments-invoice-reverse": {MANAGER, BOX_OFFICE},
    "staff-sell-invoice": {MANAGER, BOX_OFFICE},
    # Orders
    "staff-orders": {MANAGER, BOX_OFFICE},
    "staff-orders-order": {MANAGER, BOX_OFFICE},
    "staff-orders-resend": {MANAGER, BOX_OFFICE},
    "staff-orders-email": {MANAGER, BOX_OFFICE},
    "staff-orders-cancel": {MANAGER, BOX_OFFICE},
    "staff-orders-refund": {MANAGER, BOX_OFFICE},
    "staff-orders-settle": {MANAGER, BOX_OFFICE},
    "staff-orders-move": {MANAGER, BOX_OFFICE},
    "staff-orders-exchange": {MANAGER, BOX_OFFICE},
    # The counter
    "staff-sell": {MANAGER, BOX_OFFICE},
    "staff-sell-till": {MANAGER, BOX_OFFICE},
    "staff-sell-add": {MANAGER, BOX_OFFICE},
    "staff-sell-gift-card": {MANAGER, BOX_OFFICE},
    "staff-sell-gift-card-remove": {MANAGER, BOX_OFFICE},
    "staff-sell-map": {MANAGER, BOX_OFFICE},
    "staff-sell-map-changes": {MANAGER, BOX_OFFICE},
    "staff-sell-pay": {MANAGER, BOX_OFFICE},
    "staff-sell-share": {MANAGER, BOX_OFFICE},
    "staff-sell-sign-on": {MANAGER, BOX_OFFICE},
    "staff-sell-lock": {MANAGER, BOX_OFFICE},
    "staff-sell-present": {MANAGER, BOX_OFFICE},
    "staff-sell-outcome": {MANAGER, BOX_OFFICE},
    "staff-sell-ask": {MANAGER, BOX_OFFICE},
    "staff-sell-give-up": {MANAGER, BOX_OFFICE},
    "staff-sell-park": {MANAGER, BOX_OFFICE},
    "staff-sell-parked-resume": {MANAGER, BOX_OFFICE},
    "staff-sell-parked-release": {MANAGER, BOX_OFFICE},
    "staff-sell-display": {MANAGER, BOX_OFFICE},
    "staff-sell-allow": {MANAGER, BOX_OFFICE},
    "staff-sell-drop": {MANAGER, BOX_OFFICE},
    "staff-sell-resume": {MANAGER, BOX_OFFICE},
    "staff-sell-void-sold": {MANAGER, BOX_OFFICE},
    "staff-sell-void": {MANAGER, BOX_OFFICE},
    "staff-sell-payout": {MANAGER, BOX_OFFICE},
    "staff-sell-print": {MANAGER, BOX_OFFICE},
    "staff-sell-reprint": {MANAGER, BOX_OFFICE},
    "staff-sell-drawer": {MANAGER, BOX_OFFICE},
    "staff-sell-printer": {MANAGER, BOX_OFFICE},
    "staff-sell-printer-decide": {MANAGER, BOX_OFFICE},
    # Tills
    "staff-tills": {MANAGER, BOX_OFFICE},
    "staff-tills-add": {MANAGER},
    "staff-tills-days": {MANAGER},
    "staff-tills-days-report": {MANAGER},
    "staff-tills-days-export": {MANAGER},
    "staff-tills-pin": {MANAGER, BOX_OFFICE},
    "staff-tills-till": {MANAGER, BOX_OFFICE},
    "staff-tills-edit": {MANAGER},
    "staff-tills-reader": {MANAGER},
    "staff-tills-open": {MANAGER, BOX_OFFICE},
    "staff-tills-printer": {MANAGER},
    "staff-tills-report": {MANAGER, BOX_OFFICE},
    "staff-tills-report-print": {MANAGER},
    "staff-tills-move": {MANAGER, BOX_OFFICE},
    "staff-tills-count": {MANAGER, BOX_OFFICE},
    "staff-tills-close": {MANAGER, BOX_OFFICE},
    # Receipts
    "staff-receipts-receipt": {MANAGER, BOX_OFFICE},
    "staff-receipts-pdf": {MANAGER, BOX_OFFICE},
    "staff-receipts-send": {MANAGER, BOX_OFFICE},
    # Gift cards
    "staff-gift-cards": {MANAGER, BOX_OFFICE},
    "staff-gift-cards-card": {MANAGER, BOX_OFFICE},
    "staff-gift-cards-block": {MANAGER, BOX_OFFICE},
    "staff-gift-cards-replace": {MANAGER},
    "staff-gift-cards-refund": {MANAGER},
    "staff-vouchers": {MANAGER, BOX_OFFICE},
    "staff-vouchers-add": {MANAGER},
    "staff-vouchers-batch": {MANAGER, BOX_OFFICE},
    "staff-vouchers-block": {MANAGER},
    "staff-vouchers-export": {MANAGER},
    "staff-vouchers-voucher": {MANAGER, BOX_OFFICE},
    "staff-vouchers-voucher-block": {MANAGER, BOX_OFFICE},
    # Figures
    "staff-figures-all": {MANAGER},
    "staff-figures-all-export": {MANAGER},
    "staff-figures": {MANAGER},
    "staff-figures-export": {MANAGER},
    "staff-figures-heatmap": {MANAGER},
    "staff-figures-takings": {MANAGER},
    "staff-figures-tax": {MANAGER},
    "staff-figures-receipts": {MANAGER},
    "staff-figures-discounts": {MANAGER},
    "staff-figures-gift-cards": {MANAGER},
    "staff-figures-distributor": {MANAGER},
    "staff-figures-film": {MANAGER},
    "staff-figures-film-export": {MANAGER},
}

# Nothing is there to be seen: no table was ever imported.
NOTHING_THERE = {"staff-films-import-report", "staff-films-import-preview"}


def somebody(who, here, elsewhere):
    """The person called ``who`` in PEOPLE."""
    if who in STRANGERS:
        return {
            "customer": UserFactory,
            "django admin": lambda: UserFactory(is_staff=True),
            "dismissed": lambda: staff(here.theatre, MANAGER, is_active=False),
        }[who]()
    role, _, away = who.partition(" ")
    return staff(elsewhere.theatre if away else here.theatre, role)


def allowed(who, name):
    """Whether the matrix lets this person open the address at “here”."""
    return who in MATRIX[name] or (not at_a_theatre(name) and who.removesuffix(" elsewhere") in MATRIX[name])


def test_every_address_of_the_back_office_is_in_the_matrix():
    assert set(PATTERNS) == set(MATRIX)


def test_every_view_declares_its_access():
    """The matrix and the code agree, so that neither can change alone."""
    for name, pattern in PATTERNS.items():
        assert set(pattern.callback.roles) == MATRIX[name], name


@pytest.mark.parametrize("who", PEOPLE)
def test_a_user_without_access_gets_404(client, here, elsewhere, who, share, in_full):
    user = somebody(who, here, elsewhere)
    client.force_login(user)
    asks = [client.get, partial(client.post, headers={"HX-Request": "true"}), *([client.post] if in_full else [])]
    for name in share(PATTERNS, PEOPLE.index(who), of=6):
        if allowed(who, name):
            continue
        url = here.address(name)
        for ask in asks:
            if who == "dismissed":  # whom Django signs out at once
                client.force_login(user)
            status = ask(url).status_code
            # Somebody dismissed is nobody: Django signs them out, and a page leads to signing in.
            nobody = who == "dismissed" and ask == client.get and status == 302
            assert status == 404 or nobody, f"{who}: {url} answers {status}"


def test_a_visitor_is_redirected_to_the_sign_in_whether_or_not_a_page_exists(client, here):
    for name in PATTERNS:
        url = here.address(name)
        assert client.get(url).url == f"{reverse('sign-in')}?next={url}", url
        assert client.get(url, headers={"HX-Request": "true"}).status_code == 404, url
        assert client.post(url).status_code == 404, url


def test_an_unknown_url_looks_the_same_to_strangers(client):
    assert client.get("/staff/no/such/page/").url == f"{reverse('sign-in')}?next=/staff/no/such/page/"
    client.force_login(UserFactory())
    assert client.get("/staff/no/such/page/").status_code == 404


INSIDERS = [*sorted(EVERYBODY), "owner"]


@pytest.mark.parametrize("who", INSIDERS)
def test_a_user_with_access_can_open_it(client, here, elsewhere, who, share):
    client.force_login(owner() if who == "owner" else somebody(who, here, elsewhere))
    for name in PATTERNS if who == "owner" else share(PATTERNS, INSIDERS.index(who), of=6):
        if (who == "owner" or who in MATRIX[name]) and name not in NOTHING_THERE:
            url = here.address(name)
            status = client.get(url).status_code
            assert status in (200, 302, 405), f"{who}: {url} answers {status}"


@pytest.mark.parametrize("who", INSIDERS)
def test_nobody_reaches_the_things_of_one_theatre_under_the_address_of_another(client, here, elsewhere, who, share):
    client.force_login(owner() if who == "owner" else somebody(f"{who} elsewhere", here, elsewhere))
    for name in PATTERNS if who == "owner" else share(PATTERNS, INSIDERS.index(who), of=6):
        if of_a_thing(name):
            url = here.address(name, under="elsewhere")
            answers = {client.get(url).status_code, client.post(url).status_code}
            assert 404 in answers and answers <= {404, 405}, f"{who}: {url} answers {answers}"
