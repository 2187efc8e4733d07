"""``manage.py sweep``: the former name of ``run_jobs``, which timetables of existing installations call."""

from cinema.management.commands.run_jobs import Command

__all__ = ["Command"]
