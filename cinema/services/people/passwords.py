"""Check and store passwords of signed-in users."""

from cinema.exceptions import WrongPassword
from cinema.models import EmailProof, FailedTry, User
from cinema.selectors.people.fingerprints import fingerprint
from cinema.services.core import audit
from cinema.services.core.audit import Action
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically
from cinema.services.people.failed_tries import count_try, forget_tries
from cinema.services.people.tokens import delete_tokens


def prove_password(*, user: User, password: str, client_ip: str) -> None:
    """Check the password again before a sensitive action, since somebody else may be using the session.

    Raises WrongPassword, and TooManyWrongPasswords even for the right one.
    """
    right = user.check_password(password)
    count_try(kind=FailedTry.Kind.PASSWORD, about=_account(user), client_ip=client_ip, right=right)
    if not right:
        raise WrongPassword


@atomically
def store_password(*, user: User, client_ip: str, by_mail: bool) -> None:
    """Save the password set on ``user`` and mail them about it.

    A reset by mail also deletes their API tokens, since others may have had access to the account.
    """
    user.save(update_fields=["password"])
    action = Action.PASSWORD_RESET if by_mail else Action.PASSWORD
    audit.note(action=action, user=user, subject=user, origin=fingerprint(client_ip).present)
    EmailProof.objects.filter(user=user).delete()  # an intruder may have requested another address
    tokens = 0
    if by_mail:
        tokens = delete_tokens(user=user)
        forget_tries(kind=FailedTry.Kind.PASSWORD, about=_account(user))
    post(kind=Kind.NEW_PASSWORD, about=user, tokens=tokens)


def _account(user: User) -> str:
    return f"user {user.pk}"
