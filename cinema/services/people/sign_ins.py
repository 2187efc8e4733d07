"""Writing down who signed in and out, and who could not.

Of where they were, a fingerprint is kept: enough to see what comes from one place within a month. So it is of an email
address nobody has an account with: people mistype, and what is in the trail stays for ever.
"""

from cinema.models import User
from cinema.selectors.people.fingerprints import fingerprint
from cinema.services.core import audit
from cinema.services.core.audit import Action


def note_sign_in(*, user: User, client_ip: str) -> None:
    """Write down that somebody signed in."""
    audit.note(action=Action.SIGN_IN, user=user, subject=user, origin=fingerprint(client_ip).present)


def note_sign_out(*, user: User, client_ip: str) -> None:
    """Write down that somebody signed out."""
    audit.note(action=Action.SIGN_OUT, user=user, subject=user, origin=fingerprint(client_ip).present)


def note_failed_sign_in(*, email: str, client_ip: str, locked_out: bool) -> None:
    """Write down that somebody could not sign in as ``email``, and is locked out from there for it, if so."""
    user = User.objects.filter(email=email).first()
    action = Action.LOCK_OUT if locked_out else Action.SIGN_IN_FAILED
    audit.note(
        action=action,
        user=user,
        subject=user or f"no account: {fingerprint(email).present}",
        origin=fingerprint(client_ip).present,
    )
