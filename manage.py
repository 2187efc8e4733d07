#!/usr/bin/env python
"""Django's command line for the cinema."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cinema.settings")
    if sys.argv[1:2] == ["demo"]:
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
