"""Accounts."""

from django.db import IntegrityError, transaction

from cinema.exceptions import AddressTaken
from cinema.models import MailRequest, User
from cinema.services import audit
from cinema.services.mail_requests import note_mail_request
from cinema.services.outbox import Kind, post
from cinema.services.transactions import atomically
from cinema.sign_up_links import SignUp
from cinema.texts import normalise_email

Action = audit.Action


@atomically
def ask_to_sign_up(*, wish: SignUp, address: str) -> None:
    """Mail the link with which to finish signing up; to who has an account already, that they have one.

    Whoever asked, from a network ``address``, cannot tell which. Raises TooManyMails.
    """
    wish = wish._replace(email=normalise_email(wish.email))  # the address that is proven is the one that is stored
    note_mail_request(kind=MailRequest.Kind.ACCOUNT, email=wish.email, address=address)
    if User.objects.filter(email=wish.email).exists():
        post(kind=Kind.HAS_ACCOUNT, about=wish.email)
    else:
        post(kind=Kind.SIGN_UP, about=wish.email, name=wish.name, leads_to=wish.leads_to)


@atomically
def ask_for_password(*, email: str, address: str) -> None:
    """Mail the link with which to choose a new password; to who has no account, that they have none.

    Whoever asked, from a network ``address``, cannot tell which. Raises TooManyMails.
    """
    email = normalise_email(email)
    note_mail_request(kind=MailRequest.Kind.ACCOUNT, email=email, address=address)
    user = User.objects.filter(email=email, is_active=True).first()
    if user:
        post(kind=Kind.PASSWORD_RESET, about=user)
    else:
        post(kind=Kind.NO_ACCOUNT, about=email)


def sign_up(*, email: str, name: str, password: str) -> User:
    """Create an account. Raise ``AddressTaken`` if the e-mail address, in any case, has one already."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, name=name)
            audit.note(action=Action.SIGN_UP, user=user, subject=user)
    except IntegrityError as error:
        raise AddressTaken from error
    return user


def create_owner(*, email: str, name: str, password: str) -> User:
    """Create the account of an owner. Raise ``AddressTaken`` if the e-mail address, in any case, has one already."""
    try:
        with transaction.atomic():
            user = User.objects.create_superuser(email, password, name=name)
            audit.note(action=Action.ROLE, user=None, subject=user, is_superuser=[False, True])
    except IntegrityError as error:
        raise AddressTaken from error
    return user
