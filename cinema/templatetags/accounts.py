"""The accounts of the money ledger in words."""

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cinema.domain import accounts
from cinema.models import OrderLine
from cinema.templatetags.staff import gateway_name

register = template.Library()

OF_PROVIDERS = {
    accounts.CLEARING: _("%(provider)s: to be paid out"),
    accounts.DISPUTES: _("%(provider)s: withheld for disputes"),
    accounts.PROVIDER_FEES: _("%(provider)s: fees"),
}
ALONE = {
    accounts.BANK: _("Bank"),
    accounts.BY_HAND: _("Settled by hand"),
    accounts.ORDERS: _("Received for orders"),
    accounts.REFUNDS: _("Owed to buyers"),
    accounts.DISPUTE_LOSSES: _("Lost in disputes"),
    accounts.GIFT_CARDS: _("Gift cards"),
    accounts.ROUNDING: _("Rounding"),
    accounts.RECEIVABLES: _("Owed by payers of invoices"),
}


@register.filter
def account_name(account: str) -> str:
    """An account in words: “Stripe: to be paid out”; one that is not known by its name."""
    kind, *about = account.split(":")
    match kind, about:
        case accounts.REVENUE, [line, rate]:
            sold = dict(OrderLine.Kind.choices).get(line, line)
            return gettext("Revenue: %(kind)s, %(rate)s %% tax") % {"kind": sold, "rate": rate}
        case _, [provider] if kind in OF_PROVIDERS:
            return str(OF_PROVIDERS[kind]) % {"provider": gateway_name(provider)}
        case accounts.TAX, [rate, line] if line in OrderLine.Kind.values:
            sold = OrderLine.Kind(line).label
            return gettext("Tax: %(kind)s, %(rate)s %%") % {"kind": sold, "rate": rate}
        case accounts.VOUCHERS, [batch]:
            return gettext("Vouchers: batch %(number)s") % {"number": batch}
        case _, [] if kind in ALONE:
            return str(ALONE[kind])
    return account
