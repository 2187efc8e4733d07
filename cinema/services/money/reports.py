"""What a provider's report is about."""

from decimal import Decimal

from cinema.domain.money import minor_digits
from cinema.gateways.base import Report


def named_by(report: Report, gateway: str) -> dict[str, str]:
    """The lookup of the payment that a report of ``gateway`` ("" for any) is about: by the best name it has."""
    names = {
        "code": report.reference,
        "provider_id": getattr(report, "provider_id", ""),
        "capture_id": report.capture_id,
    }
    which = next(({field: name} for field, name in names.items() if name), {"code": ""})
    return which | ({"gateway": gateway} if gateway else {})


def words_of(amount: int, currency: str) -> str:
    """An amount in minor units, written for staff: short, whatever the provider says."""
    return f"{Decimal(amount).scaleb(-minor_digits(currency))} {currency}"[:100]
