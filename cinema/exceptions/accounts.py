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
    """``count`` mails were asked for already: to one e-mail address, or ``from_one_place`` of the network.
    After ``wait`` there can be more."""

    code = "too_many_mails"

    def __init__(self, count: int, wait: timedelta, *, from_one_place: bool) -> None:
        self.count, self.from_one_place = count, from_one_place
        if from_one_place:
            sentence = _(
                "From your internet connection, %(count)d mails were asked for within an hour, as many as can be. "
                "Please try again in %(minutes)d min."
            )
        else:
            sentence = _(
                "We have written to this address several times already. Please look into your mail and its spam "
                "folder, or try again in %(minutes)d min."
            )
        super().__init__(sentence, wait, count=count)
