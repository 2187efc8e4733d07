"""The accounts of the money ledger, and transfers between them.

An account is named by its kind and, after colons, by what it is for: “clearing:stripe”, “revenue:SEAT:18”, “bank”.

    clearing:<gateway>      captured by a provider and not paid out yet
    disputes:<gateway>      withheld by a provider until a dispute is decided
    provider_fees:<gateway> what a provider charges
    bank                    paid out by providers, and transferred for invoices
    by_hand                 refunds that staff settled outside the system, from cash or by bank transfer
    drawer:<till>           cash in the drawer of a till, by its key
    terminal:<theatre>      taken by the card terminals of a theatre, by its key, and not compared with a bank here
    safe                    cash of the theatre in no drawer: floats come from it, drops and counted drawers go to it
    petty_cash              paid into and out of drawers for other reasons than sales
    drawer_variance         what was missing in counted drawers; a credit is what was too much
    receivables             sold on invoice and not paid yet
    orders                  received from buyers and not allocated to anything sold yet
    refunds                 owed to buyers
    gift_cards              owed to the owners of gift cards
    vouchers:<batch>        the price of seats that vouchers of a batch (its key) have paid for
    revenue:<kind>:<rate>   revenue without tax and discounts, by kind of order line and tax rate
    rounding                differences from rounding totals
    tax:<rate>:<kind>       tax contained in revenue, by rate and kind of order line
    dispute_losses          lost in disputes, and to buyers who got back the price of a gift card that was spent
"""

import re
from collections.abc import Hashable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple, TypeVar

BANK, BY_HAND, ORDERS, REFUNDS, DISPUTE_LOSSES = "bank", "by_hand", "orders", "refunds", "dispute_losses"
CLEARING, DISPUTES, PROVIDER_FEES, VOUCHERS = "clearing", "disputes", "provider_fees", "vouchers"
DRAWER, SAFE, PETTY_CASH, DRAWER_VARIANCE = "drawer", "safe", "petty_cash", "drawer_variance"
TERMINAL, RECEIVABLES = "terminal", "receivables"
REVENUE, TAX, GIFT_CARDS, ROUNDING = "revenue", "tax", "gift_cards", "rounding"
ALLOCATED = (REVENUE, TAX, GIFT_CARDS, ROUNDING)  # what a sale is allocated to
ALONE = (  # kinds of one account each
    *(BANK, BY_HAND, ORDERS, REFUNDS, DISPUTE_LOSSES, GIFT_CARDS, ROUNDING),
    *(SAFE, PETTY_CASH, DRAWER_VARIANCE, RECEIVABLES),
)
RATE = r"\d{1,3}(\.\d{1,2})?"
# Every name that an account can have, or the beginning of it.
NAME = re.compile(
    f"({'|'.join(ALONE)})|({CLEARING}|{DISPUTES}|{PROVIDER_FEES}|{DRAWER}|{TERMINAL})(:[a-z0-9_.]+)?"
    rf"|{VOUCHERS}(:\d+)?|{TAX}(:{RATE}(:[A-Z_]+)?)?|{REVENUE}(:[A-Z_]+(:{RATE})?)?"
)

Place = TypeVar("Place", bound=Hashable)


def clearing(gateway: str) -> str:
    return f"{CLEARING}:{gateway}"


def disputes(gateway: str) -> str:
    return f"{DISPUTES}:{gateway}"


def provider_fees(gateway: str) -> str:
    return f"{PROVIDER_FEES}:{gateway}"


def drawer(till: int) -> str:
    """The account of the cash in the drawer of the till with this key."""
    return f"{DRAWER}:{till}"


def vouchers(batch: int) -> str:
    """The account of the vouchers of a batch, by its key."""
    return f"{VOUCHERS}:{batch}"


def terminal(theatre: int) -> str:
    """The account of the card terminals of the theatre with this key."""
    return f"{TERMINAL}:{theatre}"


def tax(kind: str, percent: Decimal) -> str:
    """The account of the tax contained in order lines of this OrderLine.Kind."""
    return f"{TAX}:{_rate(percent)}:{kind}"


def of_line(kind: str, percent: Decimal) -> str:
    """The account of what is sold with an order line of this OrderLine.Kind, without its tax."""
    match kind:
        case "GIFT_CARD":
            return GIFT_CARDS
        case "ROUNDING":
            return ROUNDING
    return f"{REVENUE}:{kind}:{_rate(percent)}"


class Taxable(NamedTuple):
    """What an account of revenue or tax is about: a kind of order line, and a tax rate."""

    kind: str
    percent: Decimal
    is_tax: bool


def taxable(account: str) -> Taxable | None:
    """What the account of an order line or of its tax is about; None for other accounts."""
    match account.split(":"):
        case [name, kind, rate] if name == REVENUE:
            return Taxable(kind, Decimal(rate), is_tax=False)
        case [name, rate, kind] if name == TAX:
            return Taxable(kind, Decimal(rate), is_tax=True)
    return None


def kind_of(account: str) -> str:
    return account.partition(":")[0]


def code_of(account: str, codes: Mapping[str, str]) -> str:
    """The bookkeeper's code for an account: that of its name or else of the longest beginning; else its name."""
    beginning = account
    while beginning not in codes:
        beginning, colon, _ = beginning.rpartition(":")
        if not colon:
            return account
    return codes[beginning]


def transfers(credits: Mapping[Place, Decimal]) -> Iterator[tuple[Place, Place, Decimal]]:
    """Yield transfers (debit, credit, amount) with which every place gets its credit, or its debit if it is negative.

    Raises ValueError unless they come to nothing together.
    """
    if sum(credits.values()):
        raise ValueError("These transfers do not balance.")
    debited = [(place, -amount) for place, amount in credits.items() if amount < 0]
    for credit, amount in credits.items():
        while amount > 0:
            debit, most = debited.pop(0)
            moved = min(amount, most)
            yield debit, credit, moved
            amount -= moved
            if most > moved:
                debited.insert(0, (debit, most - moved))


def _rate(percent: Decimal) -> str:
    """A tax rate without needless zeros: “18”, “5.5”, “0”."""
    return f"{percent.normalize():f}"
