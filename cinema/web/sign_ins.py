"""Sign-ins: how django-axes counts failures, and what the audit trail records.

Failed API tokens are counted in services.people.failed_tries.
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
from cinema.web.http import SignInRequest

NOWHERE = "0.0.0.0"  # noqa: S104, stands for an unknown IP
ACCOUNTS = 10  # one IP may fail this many times as often at all accounts together as at one


class Failures(AxesDatabaseHandler):
    """Counts failures by account and IP together, and by IP alone with a higher limit, since an office shares one."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        at_account, at_all = (
            attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(at_account, at_all // ACCOUNTS)

    def user_login_failed(self, sender: object, credentials: dict[str, Any], request: Any = None, **more: Any) -> None:
        """Count a failure without storing the browser's headers."""
        if request is not None:
            request.axes_user_agent = request.axes_http_accept = ""
        super().user_login_failed(sender, credentials, request, **more)

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """After a success, delete the failures at this account only, not an attacker's at other accounts."""
        deleted: int = self.filter_user_attempts(request, credentials)[0].delete()[0]
        return deleted


def forget_failures(request: HttpRequest, user: User) -> None:
    """Lift the lockout of this client at the account of ``user``, who has proved their identity by mail."""
    account = fingerprint(normalise_email(user.email)).present
    AxesProxyHandler.reset_attempts(ip_address=axes_client_ip(request), username=account)


def account_counted(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The fingerprint of the account in a sign-in attempt, by which its failures are counted."""
    return fingerprint(account_named(request, credentials)).present


def account_named(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The normalised email of a sign-in attempt, existing or not: other spellings give no further tries."""
    return normalise_email(str((credentials or request.POST).get("username") or "")[:1000])[:254]


def axes_client_ip(request: HttpRequest) -> str:
    """The fingerprint of the client IP in the form of an IPv6 address, for AXES_CLIENT_IP_CALLABLE."""
    where = fingerprint(client_ip(request))
    return str(IPv6Address(bytes.fromhex(where.present))) if where else NOWHERE


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    if request.method:  # else a program did it, not a person
        note_sign_in(user=user, client_ip=client_ip(request))


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if request.method and user:
        note_sign_out(user=user, client_ip=client_ip(request))


@receiver(user_login_failed)
def could_not_sign_in(credentials: dict[str, Any], request: SignInRequest | None = None, **_: Any) -> None:
    """Record a failed sign-in; further tries during a lockout are left out, since they would only fill the trail."""
    if request is None or (request.axes_locked_out and request.axes_failures_since_start is None):
        return
    note_failed_sign_in(
        email=account_named(request, credentials), client_ip=client_ip(request), locked_out=request.axes_locked_out
    )
