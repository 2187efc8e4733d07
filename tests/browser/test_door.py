"""The door on a phone: Chromium's camera plays a film of a ticket's QR code."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from cinema.models import CheckIn, Show, Ticket
from tests.browser.camera import PHONE, looking_at, type_code
from tests.browser.conftest import NewPage
from tests.browser.staff import enter
from tests.browser.test_accessibility import LOOKS, is_clean
from tests.conftest import nightly
from tests.factories import MANAGER, USHER, ShowFactory, at_the_door, sold, staff

pytestmark = [pytest.mark.only("sqlite"), pytest.mark.django_db(transaction=True)]

CODE = "Abcdefghij_0123456789-"
DOOR = "/staff/theatres/galaxy/door/"


@pytest.fixture(scope="module")
def browser(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Another Chromium of the same kind, whose camera looks at a ticket."""
    film = tmp_path_factory.mktemp("camera") / "ticket.y4m"
    with looking_at(browser, f"{settings.SITE_URL}/tickets/{CODE}/", film) as other:
        yield other


@pytest.fixture
def show() -> Show:
    return ShowFactory(
        movie__title="The Lunchbox",
        movie__certificate="UA 16+",
        screen__name="Screen 1",
        screen__plan="aaaaaa",
        screen__theatre__slug="galaxy",
    )


@pytest.fixture
def ticket(show: Show) -> Ticket:
    ticket = sold(show, "A1 A2 A3")
    Ticket.objects.update(code=CODE)
    ticket.refresh_from_db()
    at_the_door(show)
    return ticket


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A desktop whose browser may keep the page of the door."""
    return new_page(service_workers="allow")


@pytest.fixture
def phone(new_page: NewPage) -> Page:
    """A phone in the dark."""
    return new_page(color_scheme="dark", permissions=["camera"], **PHONE)


def test_the_camera_scans_a_ticket_once(phone, ticket, show):
    enter(phone, staff(show.screen.theatre, USHER), DOOR)
    phone.get_by_role("button", name="Scan with the camera").click()

    expect(phone.get_by_role("alert")).to_contain_text("Admit 3")
    expect(phone.get_by_role("alert")).to_contain_text("Check age: UA 16+.")
    is_clean(phone)
    phone.wait_for_timeout(1000)  # the code stays before the camera
    assert CheckIn.objects.count() == 1
    phone.get_by_role("button", name="Stop the camera").click()
    phone.get_by_role("button", name="Scan with the camera").click()
    expect(phone.get_by_role("alert")).to_contain_text("Already admitted")
    is_clean(phone)


def test_a_scanner_that_types_needs_no_mouse(page, ticket, show):
    enter(page, staff(show.screen.theatre, USHER), DOOR)
    expect(page.get_by_label("Ticket code or reference")).to_be_focused()
    type_code(page, ticket.code)
    expect(page.get_by_role("heading", name="Admit 3")).to_be_visible()
    expect(page.get_by_label("Ticket code or reference")).to_be_focused()
    type_code(page, "half-a-code")
    expect(page.get_by_role("heading", name="Not a ticket")).to_be_visible()
    type_code(page, ticket.reference)
    expect(page.get_by_role("heading", name="Already admitted")).to_be_visible()


@pytest.mark.nightly
def test_who_is_not_there_is_taken_back(page, ticket, show):
    enter(page, staff(show.screen.theatre, USHER), DOOR)
    type_code(page, ticket.code)
    page.get_by_text("Not all are here").click()
    page.get_by_role("alert").get_by_label("Row A, seat 2").check()
    page.get_by_role("button", name="Admit the others only").click()
    expect(page.get_by_role("alert")).to_contain_text("2 of 3 inside")


@pytest.mark.nightly
def test_a_lost_answer_is_asked_for_again_with_its_key(page, ticket, show):
    enter(page, staff(show.screen.theatre, USHER), DOOR)
    lost = []

    def lose(route):
        """Let the first scan arrive, but not its answer."""
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch())
            route.abort("internetdisconnected")

    page.route("**/door/scan/", lose)
    type_code(page, ticket.code)
    expect(page.get_by_role("heading", name="Admit 3")).to_be_visible()
    assert lost and CheckIn.objects.count() == 1


def admit(page: Page, ticket: Ticket) -> None:
    page.get_by_label("Ticket code or reference").fill(ticket.code)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="Admit 3")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Undone")).to_be_visible()


@pytest.mark.nightly
def test_it_works_without_javascript(js_off_page, ticket, show):
    enter(js_off_page, staff(show.screen.theatre, USHER), DOOR)
    admit(js_off_page, ticket)


SIGNS = """answer => {
    const frame = getComputedStyle(answer).borderBlockStartStyle;
    return [frame, getComputedStyle(answer.querySelector("h2"), "::before").content];
}"""


@pytest.mark.parametrize("colours", [nightly("none"), "active"])
def test_the_three_kinds_of_answers_are_told_apart_without_colour(new_page, ticket, show, colours):
    other = ShowFactory(screen__theatre=show.screen.theatre)
    at_the_door(other)
    tomorrow = sold(other, "A1", buyer="ben")
    at_the_door(other, timedelta(days=1))
    page = new_page(forced_colors=colours)
    enter(page, staff(show.screen.theatre, USHER), DOOR)
    found = []
    for text, words in ((ticket.code, "Admit 3"), (tomorrow.code, "Another show"), (ticket.code, "Already admitted")):
        type_code(page, text)
        expect(page.get_by_role("heading", name=words)).to_be_visible()
        found.append(page.get_by_role("alert").evaluate(SIGNS))
    frames, signs = zip(*found, strict=True)
    assert len(set(frames)) == len(set(signs)) == 3, found


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_at_the_door(new_page, ticket, show, look):
    page = new_page(**look)
    enter(page, staff(show.screen.theatre, MANAGER), f"{DOOR}?q=asha")
    page.get_by_text("Set up this door").click()
    is_clean(page)
    for text in (ticket.code, ticket.code, "A" * 22):
        type_code(page, text)
        expect(page.get_by_role("alert")).to_be_visible()
        is_clean(page)


def test_a_phone_without_a_network_goes_on_scanning(new_page, ticket, show):
    """Two phones lose the network, admit the same ticket, and come back: a conflict, which the manager sees."""
    usher, pages = staff(show.screen.theatre, USHER), []
    for name in ("Door 1", "Door 2"):
        page = new_page(viewport={"width": 390, "height": 844}, color_scheme="dark", service_workers="allow")
        enter(page, usher, DOOR)
        expect(page.get_by_text("Tickets on it: 1.")).to_be_visible()  # which moves what is below it
        page.get_by_text("Set up this door").click()
        page.get_by_label("Name of this door").fill(name)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Tickets on it: 1.")).to_be_visible()
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        expect_cached(page)
        page.context.set_offline(True)
        type_code(page, ticket.code)
        expect(page.get_by_role("heading", name="Admit 3")).to_be_visible()
        expect(page.get_by_role("alert")).to_contain_text("A1, A2, A3")
        expect(page.get_by_role("alert")).to_contain_text("Check age: UA 16+.")
        is_clean(page)
        type_code(page, ticket.code)
        expect(page.get_by_role("heading", name="Already admitted")).to_be_visible()
        type_code(page, "A" * 22)
        expect(page.get_by_role("heading", name="Not on the list")).to_be_visible()
        expect(page.locator("#door-state")).to_contain_text("No connection.")
        expect(page.locator("#door-state")).to_contain_text("Scans still to be sent: 3.")
        pages.append(page)
    assert not CheckIn.objects.exists()
    for page in pages:
        page.context.set_offline(False)
        expect(page.locator("#door-state")).to_contain_text("Online.")
        expect(page.locator("#door-state")).not_to_contain_text("Scans still to be sent")

    outcomes = list(CheckIn.objects.order_by("outcome").values_list("outcome", flat=True))
    assert outcomes == ["ADMITTED", "ALREADY", "ALREADY", "CONFLICT", "UNKNOWN", "UNKNOWN"]
    assert set(CheckIn.objects.values_list("offline", flat=True)) == {True}
    assert ticket.seats.filter(inside=True).count() == 3
    manager = new_page()
    enter(manager, staff(show.screen.theatre, MANAGER), "/staff/theatres/galaxy/")
    expect(manager.get_by_text("Admitted twice")).to_be_visible()


@pytest.mark.nightly
def test_without_a_network_a_scan_is_undone_and_people_go_out_and_come_back(page, ticket, show):
    show.screen.theatre.reentry = True
    show.screen.theatre.save()
    enter(page, staff(show.screen.theatre, USHER), DOOR)
    expect(page.get_by_text("Tickets on it: 1.")).to_be_visible()
    page.context.set_offline(True)
    answer = page.get_by_role("alert")
    type_code(page, ticket.code)
    expect(answer).to_contain_text("Admit 3")
    answer.get_by_role("button", name="Undo").click()
    expect(answer).to_contain_text("Undone")
    for direction, words in (("Entry", "Admit 3"), ("Exit", "Out"), ("Exit", "Not inside"), ("Entry", "Admit 3")):
        page.get_by_label(direction).check()
        type_code(page, ticket.code)
        expect(answer.get_by_role("heading", name=words)).to_be_visible()
    type_code(page, ticket.reference)
    expect(answer).to_contain_text("no reference and no name")
    expect(page.locator("#door-state")).to_contain_text("Scans still to be sent: 7.")

    page.context.set_offline(False)
    expect(page.locator("#door-state")).not_to_contain_text("Scans still to be sent")
    outcomes = list(CheckIn.objects.order_by("pk").values_list("outcome", flat=True))
    assert outcomes == ["ADMITTED", "UNDONE", "ADMITTED", "LEFT", "NOT_INSIDE", "ADMITTED", "UNREADABLE"]
    assert ticket.seats.filter(inside=True).count() == 3


@pytest.mark.parametrize("wrong", [timedelta(hours=1), pytest.param(timedelta(hours=-1), marks=pytest.mark.nightly)])
def test_a_phone_whose_clock_is_an_hour_wrong_admits_in_time(page, ticket, show, wrong):
    page.clock.install(time=timezone.now() + wrong)
    enter(page, staff(show.screen.theatre, USHER), DOOR)
    expect(page.get_by_text("Tickets on it: 1.")).to_be_visible()
    page.context.set_offline(True)
    type_code(page, ticket.code)
    expect(page.get_by_role("heading", name="Admit 3")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#door-state")).not_to_contain_text("Scans still to be sent")
    check = CheckIn.objects.get()
    assert check.outcome == "ADMITTED" and abs(check.scanned_at - timezone.now()) < timedelta(minutes=10)


def test_without_a_network_half_a_forged_and_a_foreign_code_admit_nobody(page, ticket, show):
    enter(page, staff(show.screen.theatre, USHER), DOOR)
    expect(page.get_by_text("Tickets on it: 1.")).to_be_visible()
    page.context.set_offline(True)
    forged = ticket.code[:-1] + ("A" if ticket.code[-1] != "A" else "B")
    site, words = settings.SITE_URL, ("Not a ticket", "Not on the list", "Not a ticket")
    for text, heading in zip((f"{site}/tickets/{CODE[:12]}", forged, "WIFI:S:guests;;"), words, strict=True):
        type_code(page, text)
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    page.context.set_offline(False)
    expect(page.locator("#door-state")).not_to_contain_text("Scans still to be sent")
    assert list(CheckIn.objects.order_by("pk").values_list("outcome", flat=True)) == [
        "UNREADABLE",
        "UNKNOWN",
        "UNREADABLE",
    ]
    assert not ticket.seats.filter(inside=True).exists()


@pytest.mark.nightly
def test_a_scan_of_the_queue_is_undone_after_the_network_came_back(page, ticket, show):
    enter(page, staff(show.screen.theatre, USHER), DOOR)
    expect(page.get_by_text("Tickets on it: 1.")).to_be_visible()
    page.context.set_offline(True)
    type_code(page, ticket.code)
    undo = page.get_by_role("alert").get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#door-state")).not_to_contain_text("Scans still to be sent")
    undo.click()
    expect(page.get_by_role("heading", name="Undone")).to_be_visible()
    expect(page.locator("#door-state")).not_to_contain_text("Scans still to be sent")
    assert ticket.seats.filter(inside=True).count() == 0


def expect_cached(page: Page) -> None:
    page.evaluate("""async () => {
        const cache = await caches.open("door");
        while ((await cache.keys()).length <= 5) await new Promise((later) => setTimeout(later, 50));
    }""")


def test_the_page_opens_without_a_network(page, ticket, show):
    enter(page, staff(show.screen.theatre, USHER), DOOR)
    expect_cached(page)
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#door-state")).to_contain_text("No connection.")
    type_code(page, ticket.code)
    expect(page.get_by_role("heading", name="Admit 3")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#door-state")).not_to_contain_text("Scans still to be sent")
    assert CheckIn.objects.get().outcome == "ADMITTED"


LISTS = """new Promise((resolve, reject) => {
    const request = indexedDB.open("door", 1);
    request.onerror = reject;
    request.onsuccess = () => {
        const stores = [...request.result.objectStoreNames];
        if (!stores.includes("list")) return resolve([]);
        const all = request.result.transaction("list").objectStore("list").getAll();
        all.onsuccess = () => { request.result.close(); resolve(all.result.map(JSON.stringify)); };
    };
})"""


@pytest.mark.nightly
def test_nothing_readable_lies_on_the_phone_and_losing_the_role_erases_it(page, ticket, show):
    usher = staff(show.screen.theatre, USHER)
    enter(page, usher, DOOR)
    expect(page.get_by_text("Tickets on it: 1.")).to_be_visible()
    expect_cached(page)
    [kept] = page.evaluate(LISTS)
    for secret in (ticket.code, ticket.reference, "Asha", "A1"):
        assert not re.search(rf"(?<![\w+/]){secret}(?![\w+/])", kept)  # by chance Base64 has a shorter one inside
    usher.staff_roles.all().delete()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("No list for a time without a connection.")).to_be_visible()
    assert page.evaluate(LISTS) == []


def test_signing_out_erases_the_list(page, ticket, show):
    enter(page, staff(show.screen.theatre, USHER), DOOR)
    expect(page.get_by_text("Tickets on it: 1.")).to_be_visible()
    assert len(page.evaluate(LISTS)) == 1
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert page.evaluate(LISTS) == []
