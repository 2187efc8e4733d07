"""Writing down what staff did, in the transaction that does it."""

from typing import Any

from cinema.models import AuditEvent, Show, Theatre, Ticket, User

Action = AuditEvent.Action


def note(
    *,
    action: Action,
    user: User | None,
    subject: object,
    theatre: Theatre | None = None,
    show: Show | None = None,
    ticket: Ticket | None = None,
    reason: str = "",
    **details: Any,
) -> AuditEvent:
    """Write down who did what, to what and why. ``details`` are plain values: what changed, from what to what.

    Nothing in it may name a person: an account that is the ``subject`` is written down as its key.
    """
    person = subject if isinstance(subject, User) else None
    return AuditEvent.objects.create(
        action=action,
        user=user,
        person=person,
        subject=f"account {person.pk}" if person else str(subject)[:300],
        theatre=theatre,
        show=show,
        ticket=ticket,
        reason=reason[:200],
        details=details,
    )
