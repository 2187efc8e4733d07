"""Sign up, change an email address, reset a password. The pages do not reveal who has an account; only mails do."""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from cinema.domain.texts import normalise_email
from cinema.exceptions import EmailTaken
from cinema.models import EmailProof, MailRequest, Order, User
from cinema.services.core import audit
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically
from cinema.services.people.mail_requests import note_mail_request

Action = audit.Action


@atomically
def ask_to_sign_up(*, email: str, name: str, leads_to: str = "", client_ip: str) -> None:
    """Mail a link that finishes the sign-up or, if the email address has an account, a note about that.

    ``leads_to`` is the path to open after the sign-up. Raises TooManyMails.
    """
    email = normalise_email(email)  # so that the address in the proof is the one that is stored
    note_mail_request(kind=MailRequest.Kind.ACCOUNT, email=email, client_ip=client_ip)
    # Also created if the address has an account, so that both cases take the same time. Then it stays unused.
    proof = EmailProof.objects.create(email=email, name=name, leads_to=leads_to, created_at=Now())
    known = User.objects.filter(email=email).exists()
    post(kind=Kind.HAS_ACCOUNT if known else Kind.SIGN_UP, about=email, proof=proof.pk)


@atomically
def ask_for_password(*, email: str, client_ip: str) -> None:
    """Mail a link to choose a new password or, if the email address has no account, a note about that.

    Raises TooManyMails.
    """
    email = normalise_email(email)
    note_mail_request(kind=MailRequest.Kind.ACCOUNT, email=email, client_ip=client_ip)
    user = User.objects.filter(email=email, is_active=True).first()
    if user:
        post(kind=Kind.PASSWORD_RESET, about=user)
    else:
        post(kind=Kind.NO_ACCOUNT, about=email)


def sign_up(*, proof: EmailProof, password: str) -> User:
    """Create the account whose email address was proven. Raises EmailTaken if the address has an account by now."""
    try:
        with transaction.atomic():
            if not EmailProof.objects.filter(pk=proof.pk).delete()[0]:
                raise EmailTaken
            user = User.objects.create_user(proof.email, password, name=proof.name)
            EmailProof.objects.filter(email=user.email, user=None).delete()
            audit.note(action=Action.SIGN_UP, user=user, subject=user)
    except IntegrityError as error:
        raise EmailTaken from error
    return user


@atomically
def ask_to_change_email(*, user: User, email: str, client_ip: str) -> None:
    """Mail the new email address of an account a link that proves it or, if it has an account, a note about that.

    Raises TooManyMails.
    """
    email = normalise_email(email)
    note_mail_request(kind=MailRequest.Kind.ACCOUNT, email=email, client_ip=client_ip)
    EmailProof.objects.filter(user=user).delete()
    proof = EmailProof.objects.create(email=email, user=user, created_at=Now())
    known = User.objects.filter(email=email).exists()
    post(kind=Kind.EMAIL_TAKEN if known else Kind.EMAIL_CHANGE, about=email, proof=proof.pk)


def change_email(*, proof: EmailProof) -> User:
    """Give an account its proven email address, and mail the old one.

    Orders placed as a guest with the old address are assigned to the account. Raises EmailTaken if another account has
    the new address by now, or the proof was used.
    """
    try:
        with transaction.atomic():
            user = User.objects.filter(pk=proof.user_id, is_active=True).first() if proof.user_id else None
            if not EmailProof.objects.filter(pk=proof.pk).delete()[0] or user is None:
                raise EmailTaken
            post(kind=Kind.EMAIL_CHANGED, about=user.email)
            Order.objects.filter(user=None, email=user.email).update(user=user)
            user.email = proof.email
            user.save(update_fields=["email"])
            audit.note(action=Action.NEW_EMAIL, user=user, subject=user)
    except IntegrityError as error:
        raise EmailTaken from error
    return user


def forget_email_proofs() -> int:
    """Delete expired proofs; return how many."""
    end = Now() - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    return EmailProof.objects.filter(created_at__lte=end).delete()[0]


def create_owner(*, email: str, name: str, password: str) -> User:
    """Create the account of an owner. Raises EmailTaken if the email address, in any case, has an account."""
    try:
        with transaction.atomic():
            user = User.objects.create_superuser(email, password, name=name)
            audit.note(action=Action.ROLE, user=None, subject=user, is_superuser=[False, True])
    except IntegrityError as error:
        raise EmailTaken from error
    return user
