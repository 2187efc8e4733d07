"""Pages on a telephone in the pseudo-language, whose texts are a third longer: none is cut or wider than the page.

The nightly test looks at every page and leaves a picture of each in test-results/pseudo/.
"""

from pathlib import Path

import pytest

from tests.browser.pages import take_cookies, whole_pages
from tests.pseudo import pseudo_language
from tests.security.site import Site

pytestmark = pytest.mark.django_db(transaction=True)

PICTURES = Path(__file__).parents[2] / "test-results/pseudo"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# Of the buyers' way, and the pages that staff have open all day.
MAIN = {
    *("programme", "movie", "theatre", "show", "hold", "ticket", "my-tickets", "account"),
    *("staff-today", "staff-sell", "staff-orders-order", "staff-schedule"),
}
# Texts outside of the window, or cut by a box that hides what does not fit; what scrolls or ends in “…” may be longer.
WRONG = """() => {
  const cutBy = (element) => {
    const { overflowX, textOverflow, position } = getComputedStyle(element);
    if (/auto|scroll/.test(overflowX) || textOverflow === "ellipsis" || position === "fixed") return null;
    if (/hidden|clip/.test(overflowX) || !element.parentElement) return element.getBoundingClientRect();
    return cutBy(element.parentElement);
  };
  const wrong = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const element = text.parentElement;
    if (!text.data.trim() || !element.checkVisibility({ visibilityProperty: true })
      || element.closest(".visually-hidden, svg, script, option, textarea, noscript")) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const box = range.getBoundingClientRect();
    const most = cutBy(element);
    if (most && most.width > 2 && (box.right > most.right + 1.5 || box.left < most.left - 1.5))
      wrong.push(text.data.trim().slice(0, 60));
  }
  return wrong.slice(0, 5);
}"""


@pytest.fixture
def pages(site, new_page):
    """The site in the pseudo-language, all its pages, and a telephone of somebody who may see them all."""
    with pseudo_language():
        known = Site()
        phone = new_page(**PHONE)
        take_cookies(phone, site, known.browser())
        yield phone, dict(known.addresses())


def test_no_text_of_a_main_page_is_cut_or_wider_than_a_telephone(pages):
    phone, addresses = pages
    found = {}
    for name in MAIN:
        phone.goto(addresses[name])
        assert "⟦" in phone.title(), name
        if wrong := phone.evaluate(WRONG):
            found[name] = wrong
    assert not found


@pytest.mark.nightly
def test_no_text_of_any_page_is_cut_or_wider_than_a_telephone(pages):
    phone, addresses = pages
    PICTURES.mkdir(parents=True, exist_ok=True)
    found = {}
    for name, address in whole_pages(phone, addresses.items()):
        phone.goto(address)
        phone.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        if wrong := phone.evaluate(WRONG):
            found[name] = wrong
    assert not found
