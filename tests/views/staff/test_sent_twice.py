"""Whatever acts at the counter, the tills, their printers and the door may be sent twice, as by two clicks."""

from collections.abc import Callable
from typing import Any

from tests.views.staff.addresses import PATTERNS

PAGES = ("staff-sell", "staff-tills", "staff-door", "staff-payments-invoice")
BY_KEY = {  # a form, or a scan, carries the idempotency key of the request
    *("staff-sell-pay", "staff-sell-allow", "staff-sell-invoice", "staff-sell-void-sold"),
    *("staff-sell-reprint", "staff-sell-drawer", "staff-tills-report-print", "staff-tills-move"),
    *("staff-payments-invoice", "staff-payments-invoice-reverse"),
    *("staff-door-scan", "staff-door-undo", "staff-door-by-hand", "staff-door-merging"),
}
BY_NATURE = {
    # What this browser remembers: the same again
    "staff-sell-till": "the till of the browser",
    "staff-sell-share": "a browser that is shared already stays so",
    "staff-sell-sign-on": "who is signed on",
    "staff-sell-lock": "locked",
    "staff-sell-present": "when somebody was last there",
    "staff-door-setup": "the name and shows of the device",
    # What is then as the form says
    "staff-sell-gift-card": "one more than the gift cards that were seen",
    "staff-sell-gift-card-remove": "one less than the gift cards that were seen",
    "staff-sell-add": "the seats of the sale at this show, instead of those before",
    "staff-tills-edit": "the name of a till",
    "staff-tills-reader": "the reader of a till",
    "staff-tills-printer": "the name of a printer; of two new addresses the last counts, and is the one shown",
    "staff-tills-pin": "the PIN",
    "staff-tills-count": "what was counted; each count is in the audit trail",
    # What can happen once; then it is refused, or already so
    "staff-sell-drop": "the sale in hand is forgotten",
    "staff-sell-park": "the sale in hand is parked, and the hand empty",
    "staff-sell-parked-resume": "a parked sale is taken up once",
    "staff-sell-parked-release": "a parked sale is released once",
    "staff-sell-resume": "the sale is in hand",
    "staff-sell-void": "a sale that is not open is not voided",
    "staff-sell-ask": "a payment is looked up, and its sale finished under the payment's key",
    "staff-sell-give-up": "a payment that waits is given up once",
    "staff-sell-payout": "a refund that is paid out stays so",
    "staff-sell-printer-decide": "a job that was decided about is settled",
    "staff-tills-add": "no two tills of a theatre have the same name",
    "staff-tills-open": "a till has one open session",
    "staff-tills-close": "a session is closed once",
    "staff-tills-days": "a day is closed once",
    "staff-door-settle": "a conflict that is settled stays so",
}


def takes_posts(view: Callable[..., Any] | None) -> bool:
    """Whether a view, or one that it wraps, lists POST among its methods."""
    while view:
        for cell in getattr(view, "__closure__", None) or ():
            if isinstance(cell.cell_contents, list) and "POST" in cell.cell_contents:
                return True
        view = getattr(view, "__wrapped__", None)
    return False


def test_every_page_that_acts_carries_a_key_or_is_idempotent_by_nature():
    acting = {name for name, found in PATTERNS.items() if name.startswith(PAGES) and takes_posts(found.callback)}
    assert acting == BY_KEY | BY_NATURE.keys()
    assert not BY_KEY & BY_NATURE.keys()
