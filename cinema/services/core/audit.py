"""The audit trail: record a staff action in the transaction that carries it out."""

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
    """Record an audit event. ``details`` are JSON values, such as the old and new values of changed fields.

    It must contain no personal data: an account as ``subject`` is recorded as its key.
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
