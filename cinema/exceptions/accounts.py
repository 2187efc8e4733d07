"""People who cannot be let in like this."""

from django.utils.translation import gettext as _

from cinema.exceptions.base import RuleBroken


class AddressTaken(RuleBroken):
    """The e-mail address belongs to an account already."""

    code = "address_taken"

    def __init__(self) -> None:
        super().__init__(_("There is already an account with this e-mail address. Sign in instead."))
