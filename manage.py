#!/usr/bin/env python
"""Django's command line for the cinema. ``manage.py --demo COMMAND`` runs a command on the demo cinema."""

import os
import sys
from argparse import ArgumentParser


def choose_settings() -> None:
    """Follow --settings and --pythonpath, wherever they stand: Django does so only once the settings are read."""
    from django.core.management.base import handle_default_options

    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--settings")
    parser.add_argument("--pythonpath")
    options, sys.argv[1:] = parser.parse_known_args(sys.argv[1:])
    handle_default_options(options)


def declare_demo() -> None:
    """Set up the demo's environment if the command line asks for it: settings are read before the command runs."""
    if "--demo" in sys.argv:
        sys.argv.remove("--demo")
    elif sys.argv[1:2] != ["demo"]:
        return
    os.environ.setdefault("DEMO", "true")
    if sys.argv[1:2] == ["runserver"]:  # a developer's server
        os.environ.setdefault("DEBUG", "true")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cinema.settings")
    choose_settings()
    declare_demo()

    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        settings.INSTALLED_APPS  # noqa: B018, read first: some of Django's commands go on without settings, and fail later
    except ImportError as error:
        sys.exit(f"The settings {os.environ['DJANGO_SETTINGS_MODULE']} cannot be read: {error}.")
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
