"""Refusals: why the event loop rejects a request before a page thread is taken."""

from django.utils.translation import gettext as _


class Refusal(Exception):
    """A rejected request. ``str()`` is a sentence for the client, ``status`` the HTTP status."""

    status = 503


class TooManyRequests(Refusal):
    status = 429

    def __init__(self) -> None:
        super().__init__(_("We’re getting too many requests at once. Please try again in a few seconds."))


class BodyCutOff(Refusal):
    """The client disconnected before the body was complete; nobody reads this response."""

    status = 400


class BodyTooSlow(Refusal):
    status = 408

    def __init__(self) -> None:
        super().__init__(_("What you sent did not arrive in time. Nothing was changed; please try again."))


class NoRoom(Refusal):
    """Too many large bodies are being read or processed at the same time."""

    def __init__(self) -> None:
        super().__init__(_("Too many files are being uploaded at the moment. Please try again in a minute."))


class NoThread(Refusal):
    """No thread became free in time, or the client disconnected first; the page was not started."""

    def __init__(self) -> None:
        super().__init__(_("We’re very busy right now. Nothing was changed; please try again in a few seconds."))


class ServerEnds(Refusal):
    """The server is shutting down, and the request was not finished in time."""

    def __init__(self) -> None:
        super().__init__(_("Our server is being restarted. Please try again in a few seconds."))
