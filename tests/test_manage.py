"""Which commands run on the demo cinema: manage.py."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import manage

ROOT = Path(manage.__file__).parent


@pytest.fixture
def declared(monkeypatch):
    """Return what a command line adds to the environment, and what is left of it."""

    def declare(*arguments: str, **environment: str) -> tuple[dict[str, str], list[str]]:
        monkeypatch.setattr(sys, "argv", ["manage.py", *arguments])
        monkeypatch.setattr(manage.os, "environ", environment)
        manage.declare_demo()
        return environment, sys.argv[1:]

    return declare


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py in an environment of its own, with a database in ``folder``."""
    variables = {"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}", **environment}
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=120, check=False)


def test_the_command_demo_runs_on_the_demo(declared):
    assert declared("demo", "--year") == ({"DEMO": "true"}, ["demo", "--year"])


def test_any_command_runs_on_the_demo_after_its_option(declared):
    assert declared("--demo", "run_jobs") == ({"DEMO": "true"}, ["run_jobs"])
    assert declared("import_movies", "a.csv", "--demo") == ({"DEMO": "true"}, ["import_movies", "a.csv"])


def test_the_developers_server_on_the_demo_reloads(declared):
    assert declared("--demo", "runserver") == ({"DEMO": "true", "DEBUG": "true"}, ["runserver"])
    assert declared("--demo", "runserver", DEBUG="false") == ({"DEMO": "true", "DEBUG": "false"}, ["runserver"])


@pytest.mark.parametrize("command", ["migrate", "run_jobs", "runserver"])
def test_no_other_command_becomes_one_of_the_demo(declared, command):
    assert declared(command) == ({}, [command])


@pytest.mark.parametrize("command", ["migrate", "makemigrations", "run_jobs"])
def test_a_command_without_settings_names_what_is_missing_and_the_demo(tmp_path, command):
    result = run(tmp_path, command)
    assert (result.returncode, result.stdout) == (1, "")
    [sentence] = result.stderr.splitlines()
    assert sentence.startswith("SECRET_KEY is not set")
    assert "manage.py --demo COMMAND" in sentence


def test_a_command_with_the_option_needs_no_settings(tmp_path):
    result = run(tmp_path, "--demo", "shell", "--command", "from django.conf import settings; print(settings.DEMO)")
    assert (result.returncode, result.stdout.split()[-1]) == (0, "True")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--settings=other", "--demo", "shell", "--command", "PRINT"],
        ["shell", "--demo", "--settings", "other", "--command", "PRINT"],
    ],
)
def test_other_settings_are_read_wherever_their_option_stands(tmp_path, arguments):
    (tmp_path / "other.py").write_text("from cinema.settings import *\nMAX_SEATS = 3\n")
    command = "from django.conf import settings; print(settings.MAX_SEATS)"
    arguments = [command if argument == "PRINT" else argument for argument in arguments]

    result = run(tmp_path, "--pythonpath", str(tmp_path), *arguments)

    assert (result.returncode, result.stdout.split()[-1]) == (0, "3")


def test_settings_that_are_not_there_are_named(tmp_path):
    result = run(tmp_path, "--settings=no.such", "--demo", "migrate")

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "The settings no.such cannot be read: No module named 'no'.\n"
