"""Passwords of accounts: whether somebody knows the present one, and a new one."""

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
    """Check that whoever is signed in as ``user``, at a ``client_ip``, knows their password: a session may be in
    other hands. Raises WrongPassword, and TooManyWrongPasswords whatever it is."""
    right = user.check_password(password)
    count_try(kind=FailedTry.Kind.PASSWORD, about=_account(user), client_ip=client_ip, right=right)
    if not right:
        raise WrongPassword


@atomically
def store_password(*, user: User, client_ip: str, by_mail: bool) -> None:
    """Save the password that was set for ``user``, who knew the present one or came by a mail; and tell them, in case
    it was somebody else. Who chose one by mail may have lost the account to others: their API tokens are deleted."""
    user.save(update_fields=["password"])
    action = Action.PASSWORD_RESET if by_mail else Action.PASSWORD
    audit.note(action=action, user=user, subject=user, origin=fingerprint(client_ip).present)
    EmailProof.objects.filter(user=user).delete()  # whoever knew the old one may have asked for another address
    tokens = 0
    if by_mail:
        tokens = delete_tokens(user=user)
        forget_tries(kind=FailedTry.Kind.PASSWORD, about=_account(user))
    post(kind=Kind.NEW_PASSWORD, about=user, tokens=tokens)


def _account(user: User) -> str:
    return f"user {user.pk}"
