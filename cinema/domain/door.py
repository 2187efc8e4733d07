"""The code of a ticket in what a scanner read or somebody typed."""

import re

CODE = re.compile(r"[A-Za-z0-9_-]{22}")
LINK = re.compile(r"/|:\S")
IN_A_LINK = re.compile(r"/tickets/([A-Za-z0-9_-]+)")


def code_in(scanned: str) -> str:
    """The code in a link to a ticket's page, or a code alone; "" if there is none, or only a part of one.

    Which site the link leads to does not matter: nobody can guess the code.
    """
    text = scanned.strip()
    link = IN_A_LINK.search(text)
    found = link[1] if link else text
    return found if CODE.fullmatch(found) else ""


def is_link(scanned: str) -> bool:
    """Whether it is a link, or part of one, and so no reference that somebody typed."""
    return bool(LINK.search(scanned))
