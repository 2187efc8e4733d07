"""Work that the server does by itself, in one process at a time."""

from django.db import models


class Chore(models.Model):
    """When a piece of work is to be done next: whoever moves ``due_at`` on does it. See services.housekeeping."""

    name = models.CharField(max_length=40, primary_key=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
