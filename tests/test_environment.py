"""Settings of whoever runs the tests do not reach them."""

import os

from tests import environment


def test_the_settings_of_a_developer_are_forgotten_but_the_database(monkeypatch):
    names = ("STRIPE_SECRET_KEY", "MAX_SEATS", "ALLOWED_HOSTS", "DATABASE_URL", "PATH")
    monkeypatch.setattr(os, "environ", dict.fromkeys(names, "mine"))
    environment.forget_settings()
    assert os.environ == {"DATABASE_URL": "mine", "PATH": "mine"}
