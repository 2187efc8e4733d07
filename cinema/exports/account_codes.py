"""Reading of the bookkeeper's codes for the accounts of the money ledger."""

from collections.abc import Iterable

from django.core.exceptions import ImproperlyConfigured

from cinema.domain.accounts import NAME

LONGEST = 40  # characters of a code


def read_codes(entries: Iterable[str]) -> dict[str, str]:
    """Return the code of each account that ``entries`` such as “tax:18=1776” name. Raises ImproperlyConfigured."""
    codes: dict[str, str] = {}
    for entry in entries:
        account, equals, code = (part.strip() for part in entry.partition("="))
        if not (equals and code and len(code) <= LONGEST and code.isprintable()):
            raise ImproperlyConfigured(
                f"ACCOUNT_CODES: {entry} is not understood. Write each account with its code, for example "
                "ACCOUNT_CODES=bank=1200,revenue:SEAT=8400,tax:18=1776"
            )
        if not NAME.fullmatch(account):
            raise ImproperlyConfigured(
                f"ACCOUNT_CODES: there is no account {account}. They are named in docs/operations.md."
            )
        if account in codes:
            raise ImproperlyConfigured(f"ACCOUNT_CODES names {account} twice.")
        codes[account] = code
    return codes
