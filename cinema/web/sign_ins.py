"""Signing in: how django-axes counts what fails, and what of it is written down in the audit trail.

Tries with tokens of the JSON interface are counted in services.people.failed_tries.
"""

from ipaddress import IPv6Address
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Sum
from django.dispatch import receiver
from django.http import HttpRequest

from cinema.domain.texts import normalise_email
from cinema.models import User
from cinema.selectors.people.fingerprints import fingerprint
from cinema.services.people.sign_ins import note_failed_sign_in, note_sign_in, note_sign_out
from cinema.web.client_ip import client_ip

NOWHERE = "0.0.0.0"  # nosec B104 # noqa: S104, stands for an address that is not known
ACCOUNTS = 10  # that many times as often as at one account may one address fail at all of them together


class Failures(AxesDatabaseHandler):
    """Counts by account and address together, and by address alone, where more is allowed: an office shares one."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        at_account, at_all = (
            attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(at_account, at_all // ACCOUNTS)

    def user_login_failed(self, sender: object, credentials: dict[str, Any], request: Any = None, **more: Any) -> None:
        """Count without keeping what browser it was."""
        if request is not None:
            request.axes_user_agent = request.axes_http_accept = ""
        super().user_login_failed(sender, credentials, request, **more)

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """After a success, forget the failures at this account only: not those an attacker had at others."""
        return self.filter_user_attempts(request, credentials)[0].delete()[0]


def forget_failures(request: HttpRequest, user: User) -> None:
    """Let in who failed too often at the account of ``user``, from where they are: they have proven by mail who they
    are."""
    account = fingerprint(normalise_email(user.email)).present
    AxesProxyHandler.reset_attempts(ip_address=address_of(request), username=account)


def account_counted(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The account somebody tries to sign in to, as its failures are counted: a fingerprint."""
    return fingerprint(account_named(request, credentials)).present


def account_named(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The account somebody tries to sign in to, there is one or not. Writing it otherwise gives no further tries."""
    return normalise_email(str((credentials or request.POST).get("username") or "")[:1000])[:254]


def address_of(request: HttpRequest) -> str:
    """Where the request comes from, as its failures are counted: a fingerprint, in a field that takes network addresses
    only, and so as if it were one of IPv6."""
    where = fingerprint(client_ip(request))
    return str(IPv6Address(bytes.fromhex(where.present))) if where else NOWHERE


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    if request.method:  # else a program did it, not a person
        note_sign_in(user=user, address=client_ip(request))


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if request.method and user:
        note_sign_out(user=user, address=client_ip(request))


@receiver(user_login_failed)
def could_not_sign_in(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """While somebody is locked out, further tries are not written down: they would only fill the trail."""
    if request is None or (request.axes_locked_out and request.axes_failures_since_start is None):
        return
    note_failed_sign_in(
        email=account_named(request, credentials), address=client_ip(request), locked_out=request.axes_locked_out
    )
