"""The look of the seat map: on a phone, zoomed, light and dark, accessible to axe."""

import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from cinema.models import Show
from tests.browser.conftest import NewPage
from tests.browser.seats import box, expect_chosen, hold_and_pay, open_map, party_of, touch
from tests.browser.test_accessibility import LOOKS
from tests.conftest import nightly
from tests.factories import ShowFactory, held, lapsed, sold

PLAN = """
    kwaaaa.aaaaaa.aaaaaa
    aaaaaa.aaaaaa.aaaaaa

    bbbbbb.bbbbbb.bbbbbb
    AA.AA.AA.AA.AA.CC.CC
    cccccc.cccccc.cccccc
"""


@pytest.fixture
def show(transactional_db) -> Show:
    show = ShowFactory(movie__title="The Lunchbox", screen__plan=PLAN, screen__shape="CURVED")
    held(show, "C8 C9", buyer="ben")
    sold(show, "B5 B6")
    return show


def is_as_wide_as_the_window(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_a_telephone_every_seat_is_large_enough_to_touch(phone_page, show):
    open_map(phone_page, show)
    sizes = phone_page.locator("input[name=seats]").evaluate_all(
        "boxes => boxes.map(box => box.getBoundingClientRect()).map(({width, height}) => Math.min(width, height))"
    )
    assert len(sizes) == 86
    assert min(sizes) >= 24
    centres = phone_page.locator("input[name=seats]").evaluate_all(
        """boxes => boxes.map(box => box.parentElement.getBoundingClientRect())
            .map(({left, right, top, bottom}) => [(left + right) / 2, (top + bottom) / 2])"""
    )
    gaps = [max(abs(x - u), abs(y - v)) for n, (x, y) in enumerate(centres) for u, v in centres[n + 1 :]]
    assert min(gaps) >= 24, "two seats are too near each other to touch one"


@pytest.mark.nightly
def test_on_a_telephone_the_hall_starts_in_its_middle_and_scrolls_by_itself(phone_page, show):
    open_map(phone_page, show)
    hall = phone_page.locator(".hall")
    left, most = hall.evaluate("hall => [hall.scrollLeft, hall.scrollWidth - hall.clientWidth]")
    assert most > 0
    assert abs(left - most / 2) <= 1
    assert is_as_wide_as_the_window(phone_page)


@pytest.mark.parametrize("width", [390, nightly(1440)])
def test_the_outline_of_the_first_seat_in_a_row_is_whole(new_page: NewPage, transactional_db, width):
    page = new_page(viewport={"width": width, "height": 900})
    open_map(page, ShowFactory(screen__plan="aaaa"))
    first = page.get_by_role("checkbox", name="Row A, seat 1,")
    first.focus()
    place = first.locator("..").bounding_box()
    clip = {"x": place["x"] - 10, "y": place["y"] - 10, "width": 40, "height": 40}
    shot = Image.open(io.BytesIO(page.screenshot(clip=clip)))

    above, left = shot.getpixel((20, 6)), shot.getpixel((6, 20))
    assert left == above != shot.getpixel((0, 0)), "the letter of the row does not cover it"


GRAND = "\n".join(["aaaaaa.aaaaaaaaaa.aaaaaa"] * 14)
# How far the letter at the row's end is from the middle of each seat in view, and how far the letters of other rows.
FROM_LETTERS = """seats => {
    const middle = (element) => { const { top, bottom } = element.getBoundingClientRect(); return (top + bottom) / 2; };
    const letters = [...document.querySelectorAll(".row-line .row-name:first-child")];
    return seats.filter((seat) => {
        const { left, right } = seat.getBoundingClientRect();
        return left > 0 && right < innerWidth;
    }).map((seat) => {
        const own = letters.find((letter) => letter.parentElement === seat.parentElement);
        const away = (letter) => Math.abs(middle(letter) - middle(seat));
        return [away(own), Math.min(...letters.filter((letter) => letter !== own).map(away))];
    });
}"""


@pytest.mark.parametrize(("width", "most"), [(390, 2), nightly(768, 2), nightly(1440, 14)])
def test_the_letter_beside_a_seat_in_a_curved_hall_is_that_of_its_row(new_page: NewPage, transactional_db, width, most):
    page = new_page(viewport={"width": width, "height": 900})
    open_map(page, ShowFactory(screen__plan=GRAND, screen__shape="CURVED"))

    distances = page.locator("label.seat").evaluate_all(FROM_LETTERS)

    assert len(distances) > 100
    assert max(own for own, _other in distances) <= most
    assert all(own < other for own, other in distances), "another row's letter is nearer"


@pytest.mark.nightly
def test_on_a_tablet_a_hall_of_22_seats_a_row_fits(new_page: NewPage, transactional_db):
    page = new_page(viewport={"width": 768, "height": 1024})
    open_map(page, ShowFactory(screen__plan=GRAND))

    assert page.locator(".hall").evaluate("hall => hall.scrollWidth <= hall.clientWidth")


def test_on_a_laptop_all_of_a_large_hall_and_the_button_are_in_sight(page, transactional_db):
    open_map(page, ShowFactory(screen__plan=GRAND))

    expect(box(page, "P22")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Continue")).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("Held by someone else")).to_be_in_viewport(ratio=1)


@pytest.mark.nightly
def test_on_the_smallest_telephone_all_sizes_of_a_party_stand_in_one_line(new_page: NewPage, transactional_db):
    page = new_page(viewport={"width": 320, "height": 640})
    open_map(page, ShowFactory())

    tops = page.locator("[data-seat-map=party] label").evaluate_all(
        "labels => labels.map(label => label.getBoundingClientRect().top)"
    )

    assert len(tops) == 10
    assert len(set(tops)) == 1
    assert is_as_wide_as_the_window(page)


@pytest.mark.nightly
def test_seats_unticked_on_the_map_are_no_longer_said_to_be_held(page, show):
    open_map(page, show)
    touch(page, "A3")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Change seats").click()
    expect(page.get_by_role("button", name="Continue with these seats")).to_be_visible()

    touch(page, "A3")

    expect(page.locator("[data-seat-map=chosen]")).to_have_text("Choose up to 10 seats")


@pytest.mark.nightly
def test_the_arrow_of_pick_for_me_is_not_read_out(page, show):
    open_map(page, show)

    assert "▾" in page.locator(".best summary").evaluate("summary => getComputedStyle(summary, '::after').content")
    assert "▾" not in page.locator(".best").aria_snapshot()


@pytest.mark.nightly
def test_enlarged_four_times_nothing_sticks_over_the_hall(new_page: NewPage, transactional_db):
    show = ShowFactory()
    page = new_page(viewport={"width": 320, "height": 256}, device_scale_factor=4)
    open_map(page, show)
    touch(page, "A1")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Change seats").click()

    sticking = page.locator(".hold-bars, .seat-summary").evaluate_all(
        "all => all.map(one => getComputedStyle(one).position)"
    )

    assert sticking == ["static", "static"]


def test_on_a_telephone_the_hall_begins_in_the_upper_half_and_the_button_is_in_reach(phone_page, show):
    open_map(phone_page, show)
    assert phone_page.locator(".hall").bounding_box()["y"] <= 844 / 2
    expect(phone_page.get_by_role("button", name="Continue")).to_be_in_viewport()


@pytest.mark.nightly
def test_a_party_buys_on_a_telephone(phone_page, show):
    open_map(phone_page, show)
    party_of(phone_page, 3)
    box(phone_page, "E9").tap()
    expect_chosen(phone_page, "E7 E8 E9")
    hold_and_pay(phone_page)


@pytest.mark.nightly
def test_a_seat_that_comes_back_to_a_sold_out_hall_can_be_held(page, transactional_db):
    show = ShowFactory(screen__rows=1, screen__columns=2)
    hold = held(show, "A1 A2", buyer="ben")
    page.goto(f"/shows/{show.pk}/")
    expect(page.locator("[data-seat-map=sold-out]")).to_be_visible()
    lapsed(hold)
    box(page, "A1").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()


@pytest.mark.parametrize("view", ["", nightly("list")])
def test_seats_are_bought_without_javascript(js_off_page, show, view):
    js_off_page.goto(f"/shows/{show.pk}/?view={view}")
    expect(js_off_page.get_by_text("How many?")).to_be_hidden()
    box(js_off_page, "E1").check()
    hold_and_pay(js_off_page)


@pytest.mark.parametrize("view", ["", nightly("list")])
def test_enlarged_twice_nothing_is_lost(new_page: NewPage, show, view):
    page = new_page(viewport={"width": 720, "height": 450}, device_scale_factor=2)
    open_map(page, show, view=view)
    assert is_as_wide_as_the_window(page)
    touch(page, "A3")
    expect(page.get_by_role("button", name="Continue")).to_be_in_viewport(ratio=1)
    box(page, "E18").focus()
    expect(box(page, "E18")).to_be_in_viewport(ratio=1)
    assert is_as_wide_as_the_window(page)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("view", ["", nightly("list")])
def test_axe_finds_nothing(new_page: NewPage, show, look, view):
    page = new_page(**look)
    open_map(page, show, view=view)
    party_of(page, 3)
    touch(page, "C2")
    box(page, "E2").focus()
    page.get_by_text("Pick for me").click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


# Every look a seat can have: its outline stands out 3:1 from the floor, its number or mark 4.5:1 from the seat.
STATES = ["free", "mine", "held", "sold", "free wheelchair", "free companion", "free love love-start", "free preview"]
RATIOS = """states => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const channels = (colour, under) => {
        if (under) { canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1); }
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = (colour) => {
        const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        const [r, g, b] = channels(colour, "white").map((c) => linear(c / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (one, other) => {
        const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    const row = document.querySelector(".row-line");
    const floor = getComputedStyle(document.querySelector(".hall")).backgroundColor;
    const found = [];
    for (const rank of [1, 2, 3, 4, 5, 6]) for (const state of [...states, "chosen"]) {
        const seat = row.querySelector("label").cloneNode(true);
        seat.className = `seat c${rank} ${state === "chosen" ? "free" : state}`;
        seat.querySelector("input").checked = state === "chosen";
        row.append(seat);
        const look = getComputedStyle(seat), number = seat.querySelector("b");
        const mark = state === "sold" ? getComputedStyle(number, "::before").color : look.color;
        found.push([`c${rank} ${state} outline`, ratio(look.borderBlockStartColor, floor), 3]);
        if (state !== "held") found.push([`c${rank} ${state} mark`, ratio(mark, look.backgroundColor), 4.5]);
        seat.remove();
    }
    return found;
}"""


@pytest.mark.parametrize("scheme", [nightly("light"), "dark"])
def test_every_seat_stands_out_from_the_floor_and_its_number_from_the_seat(new_page: NewPage, show, scheme):
    page = new_page(color_scheme=scheme)
    open_map(page, show)
    found = page.evaluate(RATIOS, STATES)
    assert len(found) == 6 * (2 * 9 - 1)
    weak = [f"{what}: {ratio:.2f} < {least}" for what, ratio, least in found if ratio < least]
    assert weak == []


@pytest.mark.nightly
def test_no_two_categories_or_states_differ_by_colour_alone(page, show):
    open_map(page, show)
    shapes = page.evaluate(
        """states => {
            const row = document.querySelector(".row-line");
            return states.map((state) => {
                const seat = row.querySelector("label").cloneNode(true);
                seat.className = `seat ${state}`;
                row.append(seat);
                const look = getComputedStyle(seat), hatched = look.backgroundImage !== "none";
                const mark = getComputedStyle(seat.querySelector("b"), "::before").content;
                const shape = [look.borderWidth, look.borderStyle, look.borderRadius, mark, hatched];
                seat.remove();
                return shape.join(" ");
            });
        }""",
        [*(f"c{rank} free" for rank in range(1, 7)), "c1 held", "c1 sold", "c1 free wheelchair", "c1 free companion"],
    )
    assert len(set(shapes)) == len(shapes)
