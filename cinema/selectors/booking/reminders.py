"""Email addresses that get no reminders of coming shows."""

from cinema.models import ReminderStop


def has_stopped_reminders(email: str) -> bool:
    """Whether the owner of this email address wants no reminders."""
    return ReminderStop.objects.filter(email=email).exists()
