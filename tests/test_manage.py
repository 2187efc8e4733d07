"""Which commands are meant for the demo: manage.py."""

import sys
from pathlib import Path

import pytest

import manage


@pytest.fixture
def command(monkeypatch, tmp_path):
    """Set up what the command line looks like; return whether it is for the demo."""

    def is_for_the_demo(name: str, *, prepared: bool, **environment: str) -> bool:
        key = tmp_path / ".secret_key"
        if prepared:
            key.touch()
        monkeypatch.setattr(manage, "DEMO_KEY", key)
        monkeypatch.setattr(sys, "argv", ["manage.py", name])
        monkeypatch.setattr(manage.os, "environ", environment)
        return manage.is_for_the_demo()

    return is_for_the_demo


def test_the_demo_itself_is(command):
    assert command("demo", prepared=False)


def test_a_command_beside_a_prepared_demo_is(command):
    assert command("import_movies", prepared=True)


def test_a_command_where_no_demo_was_prepared_is_not(command):
    assert not command("import_movies", prepared=False)


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL"])
def test_a_command_for_an_installation_of_its_own_is_not(command, name: str):
    assert not command("migrate", prepared=True, **{name: "something"})


def test_the_key_it_looks_for_is_the_one_the_settings_write():
    assert Path(manage.__file__).parent / ".secret_key" == manage.DEMO_KEY
