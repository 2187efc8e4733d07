"""The texts of scripts, in the language of the page. Those of a seat map are in cinema.templatetags.cinema."""

from django import template
from django.utils.functional import Promise
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

SCRIPT_TEXTS: dict[str, dict[str, Promise]] = {
    "page": {
        "failed": _("We couldn’t connect. Check your connection and try again."),
        "left": _("%s left"),
    },
    "planner": {
        "moving": _("%s until %e, %h"),
    },
    "counter": {
        "over": _("The seats are no longer held."),
        "lost": _("No connection. Nothing can be sold until it is back. What you typed stays here."),
        "back": _("The connection is back."),
        "asking": _("The connection is back. Asking what became of the last payment…"),
        "booked": _("The connection is back. The last payment had been booked."),
        "nothing": _("The connection is back. The last payment was not booked. Please take it again."),
    },
    "door": {
        "failed": _("That didn’t work. Please scan again."),
        "offline": _("No connection, and no list to check by. Nothing was recorded."),
        "online": _("Online."),
        "noNetwork": _("No connection."),
        "list": _("List of %t. Tickets on it: %n."),
        "noList": _("No list for a time without a connection."),
        "waiting": _("Scans still to be sent: %n."),
        "ADMITTED": _("Admit %n"),
        "ALREADY": _("Already admitted"),
        "TOO_EARLY": _("Too early"),
        "OVER": _("The show is over"),
        "LEFT": _("Out"),
        "NOT_INSIDE": _("Not inside"),
        "UNDONE": _("Undone"),
        "UNKNOWN": _("Not on the list"),
        "UNREADABLE": _("Not a ticket"),
        "onlyCodes": _("Without a connection only the code of a ticket can be checked, no reference and no name."),
        "undo": _("Undo"),
        "undoTooLate": _("A scan can only be undone within a minute."),
        "age": _("Check age: %s"),
        "language": _("Guest’s language: %s"),
        "notListed": _("Cancelled, sold after the list was loaded, or for another show. Ask a supervisor."),
        "withoutNetwork": _("Checked without a connection."),
        "signedOut": _("You are signed out. Reload the page and sign in."),
        "noCamera": _("The camera cannot be used. Allow it for this site, or use a scanner that types."),
        "startCamera": _("Scan with the camera"),
        "stopCamera": _("Stop the camera"),
    },
    "hall-editor": {
        "total": _("Seats: %n"),
        "cannot": _("That isn’t possible here."),
        "row": _("Row %r"),
        "seat": _("Row %r, seat %n, %w"),
        "gap": _("Row %r, gap"),
        "wheelchair": _("wheelchair space"),
        "companion": _("companion seat"),
        "love": _("love seat"),
        "painted": _("Painted."),
        "erased": _("Erased."),
        "undone": _("Undone."),
        "redone": _("Redone."),
        "inserted": _("A row was inserted. As long as it is empty, it is a cross aisle."),
        "duplicated": _("The row was duplicated."),
        "removed": _("%r was deleted."),
        "moved": _("The row was moved by half a seat."),
        "gapMade": _("A gap was made."),
        "gapClosed": _("The gap was closed."),
        "aisleKept": _("Aisles stay free. To fill an aisle, start in it."),
        "numbered": _("The seats were renumbered."),
        "tooLarge": _("The hall is too large."),
        "twice": _("Seat %s is in the plan twice."),
        "half": _("Seat %s is half a love seat; the other half is missing."),
    },
}


@register.simple_tag
def script_texts(name: str, **more: object) -> SafeString:
    """The data block that static/js/texts.js reads: the texts of the script ``name``, and ``more``."""
    return json_script(SCRIPT_TEXTS.get(name, {}) | more, f"{name}-texts")
