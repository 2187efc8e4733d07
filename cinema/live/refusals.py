"""Why the event loop refuses a request by itself, before a page's thread has been taken for it."""

from django.utils.translation import gettext as _


class Refusal(Exception):
    """``str()`` is a sentence for whoever asked."""

    status = 503


class TooManyRequests(Refusal):
    status = 429

    def __init__(self) -> None:
        super().__init__(_("We are getting too many requests at once. Please try again in a few seconds."))


class BodyCutOff(Refusal):
    """The connection ended before the body did, so nobody reads this."""

    status = 400


class BodyTooSlow(Refusal):
    status = 408

    def __init__(self) -> None:
        super().__init__(_("What you sent did not arrive in time. Nothing was changed; please try again."))


class NoRoom(Refusal):
    """Too many large bodies are being read, or used, at the same time."""

    def __init__(self) -> None:
        super().__init__(_("Too many files are being sent at the moment. Please try again in a minute."))


class NoThread(Refusal):
    """No thread came free in time, or the client left before: the page was not begun."""

    def __init__(self) -> None:
        super().__init__(_("We are very busy right now. Nothing was changed; please try again in a few seconds."))


class ServerEnds(Refusal):
    """The server is told to end, and the request has not come to its end in time."""

    def __init__(self) -> None:
        super().__init__(_("Our server is being restarted. Please try again in a few seconds."))
