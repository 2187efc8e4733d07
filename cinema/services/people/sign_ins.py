"""Record sign-ins, sign-outs and failed sign-ins in the audit trail.

Only fingerprints are stored of client IP addresses, and of email addresses without an account, since they may be
mistyped and the trail is never erased. Fingerprints of one month can be compared.
"""

from cinema.models import Theatre, User
from cinema.selectors.people.fingerprints import fingerprint
from cinema.services.core import audit
from cinema.services.core.audit import Action


def note_sign_in(*, user: User, client_ip: str) -> None:
    """Record a sign-in."""
    audit.note(action=Action.SIGN_IN, user=user, subject=user, origin=fingerprint(client_ip).present)


def note_sign_out(*, user: User, client_ip: str) -> None:
    """Record a sign-out."""
    audit.note(action=Action.SIGN_OUT, user=user, subject=user, origin=fingerprint(client_ip).present)


def note_failed_sign_in(*, email: str, client_ip: str, locked_out: bool) -> None:
    """Record a failed sign-in as ``email``, or that this client is now locked out of that account."""
    user = User.objects.filter(email=email).first()
    action = Action.LOCK_OUT if locked_out else Action.SIGN_IN_FAILED
    audit.note(
        action=action,
        user=user,
        subject=user or f"no account: {fingerprint(email).present}",
        origin=fingerprint(client_ip).present,
    )


def note_sign_on(*, user: User, theatre: Theatre, client_ip: str) -> None:
    """Record that somebody signed on by PIN, in a browser that another one used before."""
    origin = fingerprint(client_ip).present
    audit.note(action=Action.SIGN_IN, user=user, subject=user, theatre=theatre, origin=origin, by_pin=True)
