"""Moving a ticket to other seats."""

from cinema.forms.booking.booking import HoldForm
from cinema.forms.orders.tickets import OwnerForm


class ChangeSeatsForm(HoldForm, OwnerForm):
    """The seats ticked on the map, and whose ticket it is."""
