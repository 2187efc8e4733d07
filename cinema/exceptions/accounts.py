"""Exceptions of accounts, sign-ins and API tokens."""

from datetime import timedelta

from django.utils.translation import gettext as _

from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice, RateLimited


class EmailTaken(BusinessRuleViolation):
    """The email address belongs to an account already."""

    code = "address_taken"

    def __init__(self) -> None:
        super().__init__(_("There is already an account with this email address. Sign in instead."))


class TooManyWrongEmails(RateLimited):
    """The email address of a ticket was guessed too often, for this ticket or from this IP."""

    code = "too_many_tries"

    def __init__(self, wait: timedelta) -> None:
        sentence = _(
            "Too many wrong email addresses were entered. Please use the link in an email from us, or try again in "
            "%(minutes)d min."
        )
        super().__init__(sentence, wait)


class TooManyWrongCoupons(RateLimited):
    """Coupon codes were guessed too often from this IP."""

    code = "too_many_tries"

    def __init__(self, wait: timedelta) -> None:
        sentence = _(
            "Too many unknown coupon codes were entered. Please book without a code, or try again in %(minutes)d min."
        )
        super().__init__(sentence, wait)


class WrongPassword(InvalidChoice):
    """The password is not that of the account."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__(_("That password isn’t right. Please try again."))


class TooManyWrongPasswords(RateLimited):
    """The password of the account was guessed too often by somebody who is signed in to it."""

    code = "too_many_tries"

    def __init__(self, wait: timedelta) -> None:
        sentence = _(
            "Too many wrong passwords were entered. Please try again in %(minutes)d min, or sign out and choose "
            "“Forgot your password?”."
        )
        super().__init__(sentence, wait)


class TooManyWrongTokens(RateLimited):
    """Too many requests with invalid API tokens came from this IP."""

    code = "too_many_tries"

    def __init__(self, wait: timedelta) -> None:
        sentence = _(
            "Too many requests with an invalid token came from your network. Please check the token, and try "
            "again in %(minutes)d min."
        )
        super().__init__(sentence, wait)


class TokenExpired(BusinessRuleViolation):
    """The API token has expired."""

    code = "token_expired"

    def __init__(self) -> None:
        super().__init__(_("This API token has expired. Please create a new one on your account page."))


class TooManyMails(RateLimited):
    """``count`` mails were requested already for one email address or, if ``from_one_place``, by one IP.

    After ``wait`` more are allowed.
    """

    code = "too_many_mails"

    def __init__(self, count: int, wait: timedelta, *, from_one_place: bool) -> None:
        self.count, self.from_one_place = count, from_one_place
        if from_one_place:
            sentence = _(
                "Too many emails were requested from your network (%(count)d in an hour). Please try again in "
                "%(minutes)d min."
            )
        else:
            sentence = _(
                "We’ve already emailed this address several times. Please check your inbox and spam folder, or try "
                "again in %(minutes)d min."
            )
        super().__init__(sentence, wait, count=count)
