"""Every address of the back office against every kind of person: who may not see it gets 404.

The addresses come from the URL resolver. One that is missing in MATRIX fails: say who may open it.
"""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, reverse

from cinema.urls import staff as urls
from tests.factories import BOX_OFFICE, MANAGER, USHER, TheatreFactory, UserFactory, owner, staff

pytestmark = pytest.mark.django_db

EVERYBODY = {MANAGER, BOX_OFFICE, USHER}

# url name: who may open it, owners aside. At another theatre nobody may, and everywhere else is for OWNER alone.
MATRIX: dict[str, set[str]] = {
    # The way in
    "staff": EVERYBODY,
    # Today
    "staff-today": EVERYBODY,
    # Films
    "staff-films": {MANAGER},
    "staff-films-add": {MANAGER},
    "staff-films-import": {MANAGER},
    "staff-films-import-report": {MANAGER},
    "staff-films-import-preview": {MANAGER},
    "staff-films-edit": {MANAGER},
    "staff-films-retire": {MANAGER},
    "staff-films-poster": {MANAGER},
    # Theatres and people
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
    # Shows called off
    "staff-shows-cancel": {MANAGER},
    "staff-shows-cancel-progress": {MANAGER},
    # Orders
    "staff-orders": {MANAGER, BOX_OFFICE},
    "staff-orders-order": {MANAGER, BOX_OFFICE},
    "staff-orders-resend": {MANAGER, BOX_OFFICE},
    "staff-orders-cancel": {MANAGER, BOX_OFFICE},
    "staff-orders-refund": {MANAGER, BOX_OFFICE},
    "staff-orders-move": {MANAGER, BOX_OFFICE},
    "staff-orders-exchange": {MANAGER, BOX_OFFICE},
    # Figures
    "staff-figures-all": {MANAGER},
    "staff-figures-all-export": {MANAGER},
    "staff-figures": {MANAGER},
    "staff-figures-export": {MANAGER},
    "staff-figures-heatmap": {MANAGER},
    "staff-figures-distributor": {MANAGER},
    "staff-figures-film": {MANAGER},
    "staff-figures-film-export": {MANAGER},
}

NAMES = [pattern.name for pattern in urls.urlpatterns if pattern.name]


def address(pattern: URLPattern, slug: str) -> str:
    """The address with made-up values: that there is no such thing must look the same as that it may not be seen."""
    values = dict.fromkeys(pattern.pattern.converters, "1") | (
        {"slug": slug} if "slug" in pattern.pattern.converters else {}
    )
    return reverse(pattern.name, kwargs=values)


def patterns() -> Iterator[URLPattern]:
    yield from (pattern for pattern in urls.urlpatterns if pattern.name)


@pytest.fixture
def here():
    return TheatreFactory(slug="here")


@pytest.fixture
def people(here):
    """Everybody who might come by, by what they are."""
    elsewhere = TheatreFactory(slug="elsewhere")
    return {
        "customer": UserFactory(),
        "django admin": UserFactory(is_staff=True),
        "dismissed": staff(here, MANAGER, is_active=False),
        **{role: staff(here, role) for role in EVERYBODY},
        **{f"{role} elsewhere": staff(elsewhere, role) for role in EVERYBODY},
    }


def test_every_address_of_the_back_office_is_in_the_matrix():
    assert set(NAMES) == set(MATRIX)


def test_every_view_says_for_whom_it_is():
    """The matrix and the code agree, so that neither can change alone."""
    for pattern in patterns():
        assert set(pattern.callback.roles) == MATRIX[pattern.name], pattern.name


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", NAMES)
def test_who_may_not_see_it_gets_404(client, people, name, method):
    pattern = next(pattern for pattern in patterns() if pattern.name == name)
    url = address(pattern, "here")
    allowed = MATRIX[name] | (
        {f"{role} elsewhere" for role in MATRIX[name]} if "slug" not in pattern.pattern.converters else set()
    )
    for who, user in people.items():
        if who in allowed:
            continue
        client.force_login(user)
        for headers in ({}, {"HX-Request": "true"}):
            status = getattr(client, method)(url, headers=headers).status_code
            # Somebody dismissed is nobody: Django signs them out.
            assert status == 404 or (who == "dismissed" and status == 302 and method == "get" and not headers), who


@pytest.mark.parametrize("name", NAMES)
def test_who_is_not_signed_in_is_led_to_sign_in_and_learns_nothing(client, here, name):
    pattern = next(pattern for pattern in patterns() if pattern.name == name)
    url = address(pattern, "here")

    assert client.get(url).url == f"{reverse('sign-in')}?next={url}"
    assert client.get(url, headers={"HX-Request": "true"}).status_code == 404
    assert client.post(url).status_code == 404


def test_an_address_there_is_not_looks_the_same_to_strangers(client):
    assert client.get("/staff/no/such/page/").url == f"{reverse('sign-in')}?next=/staff/no/such/page/"
    client.force_login(UserFactory())
    assert client.get("/staff/no/such/page/").status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_who_may_open_it_is_let_in(client, here, people, name):
    """Let in: the page, or that there is no such row; never the 404 of the gate. The gate is asked directly."""
    pattern = next(pattern for pattern in patterns() if pattern.name == name)
    for role in MATRIX[name]:
        client.force_login(people[role])
        response = client.get(address(pattern, "here"))
        assert response.status_code in (200, 302, 404, 405), role
        if not set(pattern.pattern.converters) - {"slug"}:
            assert response.status_code != 404, role
    client.force_login(owner())
    assert client.get(address(pattern, "here")).status_code in (200, 302, 404, 405)
