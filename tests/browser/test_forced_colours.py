"""Windows contrast themes: labels are readable, selections visible, and QR codes scannable."""

import io

import pytest
import segno
from django.conf import settings
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Locator

from cinema.domain.qr import MASK
from tests.browser.conftest import NewPage
from tests.browser.seats import open_map, touch
from tests.browser.staff import enter
from tests.factories import ShowFactory, TheatreFactory, owner, price_card, sold

THEMES = [
    pytest.param({"color_scheme": "light"}, id="light", marks=pytest.mark.nightly),
    pytest.param({"color_scheme": "light", "forced_colors": "active"}, id="light-forced"),
    pytest.param({"color_scheme": "dark"}, id="dark", marks=pytest.mark.nightly),
    pytest.param({"color_scheme": "dark", "forced_colors": "active"}, id="dark-forced", marks=pytest.mark.nightly),
]
READABLE = 3  # the contrast WCAG asks for large letters


def picture(part: Locator) -> Image.Image:
    return Image.open(io.BytesIO(part.screenshot())).convert("RGB")


def ground(image: Image.Image) -> tuple[int, int, int]:
    """The most frequent colour of a picture."""
    return max(image.getcolors(image.width * image.height))[1]


def luminance(colour: tuple[int, int, int]) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


LETTERS = """button => {
    const range = document.createRange();
    range.selectNodeContents(button);
    const [inner, outer] = [range.getBoundingClientRect(), button.getBoundingClientRect()];
    return [inner.left - outer.left, inner.top - outer.top, inner.right - outer.left, inner.bottom - outer.top];
}"""


def contrast_of_label(button: Locator) -> float:
    """The contrast between a button's letters and their background."""
    left, top, right, bottom = map(round, button.evaluate(LETTERS))
    letters = picture(button).crop((left + 2, top + 2, right - 2, bottom - 2))
    paper = luminance(ground(letters))
    inks = [luminance(colour) for _count, colour in letters.getcolors(letters.width * letters.height)]
    return max((max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) for ink in inks)


@pytest.mark.parametrize("theme", THEMES)
def test_a_scanner_reads_the_code_of_a_ticket_in_every_theme(new_page: NewPage, theme):
    ticket = sold(ShowFactory(), "A1")
    page = new_page(**theme)
    page.goto(ticket.get_absolute_url())
    link = settings.SITE_URL + ticket.get_absolute_url()
    modules = list(segno.make(link, error="m", micro=False, mask=MASK).matrix_iter(border=4))

    code = picture(page.locator(".ticket-stub svg.qr")).resize((len(modules) * 8, len(modules) * 8)).convert("L")

    seen = [[code.getpixel((x * 8 + 4, y * 8 + 4)) < 128 for x in range(len(modules))] for y in range(len(modules))]
    assert seen == [[bool(module) for module in row] for row in modules], "dark modules on a light ground"


@pytest.mark.nightly
@pytest.mark.parametrize("theme", THEMES)
def test_the_main_button_of_the_seat_page_can_be_read_in_every_theme(new_page: NewPage, theme):
    show = ShowFactory()
    page = new_page(**theme)
    open_map(page, show)
    touch(page, "A1")

    assert contrast_of_label(page.get_by_role("button", name="Continue")) >= READABLE


@pytest.mark.nightly
@pytest.mark.parametrize("theme", THEMES)
def test_the_open_tab_does_not_look_like_the_others_in_any_theme(new_page: NewPage, theme):
    theatre = TheatreFactory()
    page = new_page(**theme)
    enter(page, owner(), reverse("staff-prices-card", args=[theatre.slug, price_card(theatre).pk]))
    tabs = page.locator(".tabs a")

    looks = [
        tab.evaluate("tab => [getComputedStyle(tab).backgroundColor, getComputedStyle(tab).borderColor]")
        for tab in tabs.all()
    ]

    assert looks[0] not in looks[1:]
    page.goto(reverse("my-tickets"))
    assert ground(picture(page.locator(".chip").nth(0))) != ground(picture(page.locator(".chip").nth(1)))


@pytest.mark.parametrize("theme", THEMES)
def test_the_selected_payment_method_looks_selected_in_every_theme(new_page: NewPage, theme):
    page = new_page(**theme)
    open_map(page, ShowFactory())
    touch(page, "A1")
    page.get_by_role("button", name="Continue").click()
    upi, card = (page.get_by_label(name, exact=True) for name in ("UPI", "Card"))

    assert upi.is_checked()
    assert picture(upi).getcolors(4096) != picture(card).getcolors(4096)
