"""People who cannot be let in like this."""

from datetime import timedelta

from django.utils.translation import gettext as _

from cinema.exceptions.base import RuleBroken, TooOften


class AddressTaken(RuleBroken):
    """The e-mail address belongs to an account already."""

    code = "address_taken"

    def __init__(self) -> None:
        super().__init__(_("There is already an account with this e-mail address. Sign in instead."))


class TooManyMails(TooOften):
    """Too many mails were asked for, to one address or from one place; after ``wait`` there can be more."""

    code = "too_many_mails"

    def __init__(self, wait: timedelta) -> None:
        sentence = _(
            "We have sent several mails already. Please look into your mail and its spam folder, "
            "or try again in %(minutes)d minutes."
        )
        super().__init__(sentence, wait)
