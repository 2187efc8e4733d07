"""Change of seats by the buyer."""

from cinema.forms.booking.booking import HoldForm
from cinema.forms.orders.tickets import OwnerForm


class ChangeSeatsForm(HoldForm, OwnerForm):
    """The seats ticked on the map, and the proof of ownership."""
