#!/usr/bin/env python
"""Django's command line for the cinema."""

import os
import sys
from pathlib import Path

DEMO_KEY = Path(__file__).resolve().parent / ".secret_key"


def is_for_the_demo() -> bool:
    """Whether a command is the demo's own, or meant for the demo that was prepared here: nothing else is set up."""
    return sys.argv[1:2] == ["demo"] or (DEMO_KEY.exists() and not os.environ.keys() & {"SECRET_KEY", "DATABASE_URL"})


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cinema.settings")
    if is_for_the_demo():
        # The settings are read before the command runs, so the demo is declared here.
        os.environ.setdefault("DEMO", "true")

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
