"""Fingerprints of IP addresses: equal for a while, and later not traceable."""

import re
from datetime import UTC, datetime
from importlib import import_module

import pytest
import time_machine
from django.apps import apps

from cinema.models import FingerprintKey
from cinema.selectors.people import fingerprints
from cinema.selectors.people.fingerprints import PERIOD, Fingerprint, fingerprint, present_period
from cinema.services.people.fingerprints import forget_keys

pytestmark = pytest.mark.django_db

make_the_first = import_module("cinema.migrations.0025_the_key_of_fingerprints").make_the_first
HOME, CAFE = "203.0.113.7", "198.51.100.1"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def as_a_new_process(monkeypatch):
    """Clear the cached key, as in a new process."""
    monkeypatch.setattr(fingerprints, "_known", None)
    return lambda: monkeypatch.setattr(fingerprints, "_known", None)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        FingerprintKey.objects.all().delete()
        forget_keys()
        yield clock


def later(clock, periods):
    clock.move_to(NOW + periods * PERIOD)


def test_an_address_has_one_and_each_has_its_own():
    assert fingerprint(HOME) == fingerprint(HOME)
    assert fingerprint(HOME).present != fingerprint(CAFE).present


def test_it_is_a_hash_that_does_not_reveal_the_ip():
    assert re.fullmatch("[0-9a-f]{32}", fingerprint(HOME).present)


def test_there_is_none_for_an_unknown_person():
    assert fingerprint("") == Fingerprint("", "")
    assert not fingerprint("")


def test_in_the_next_period_it_is_another_and_the_former_is_known(clock):
    before = fingerprint(HOME)
    later(clock, 1)

    after = fingerprint(HOME)

    assert before.present != after.present
    assert before.present == after.former


def test_rotating_keys_in_time_changes_no_fingerprint(clock, as_a_new_process):
    later(clock, 1)
    before = fingerprint(HOME)

    assert forget_keys() == 1

    assert fingerprint(HOME) == before
    as_a_new_process()
    assert fingerprint(HOME) == before
    assert forget_keys() == 0


def test_what_is_stored_after_two_periods_makes_no_fingerprint_of_before(clock, as_a_new_process):
    before = fingerprint(HOME)
    stored = FingerprintKey.objects.get().secret
    later(clock, 2)
    forget_keys()
    as_a_new_process()

    kept = FingerprintKey.objects.get().secret

    assert kept != stored
    clock.move_to(NOW)
    assert {*fingerprint(HOME)}.isdisjoint(before)


def test_without_forgetting_it_would(clock, as_a_new_process):
    before = fingerprint(HOME)
    later(clock, 2)
    as_a_new_process()
    fingerprint(HOME)

    clock.move_to(NOW)
    assert fingerprint(HOME) == before


def test_two_processes_make_the_same_whichever_read_the_key_earlier(clock, as_a_new_process):
    later(clock, 1)
    early = fingerprint(HOME)
    later(clock, 2)
    early = fingerprint(HOME)
    forget_keys()
    as_a_new_process()

    assert fingerprint(HOME) == early


def test_a_process_reads_the_key_once(django_assert_num_queries):
    fingerprint(HOME)

    with django_assert_num_queries(0):
        fingerprint(HOME)


def test_an_installation_without_a_key_gets_a_random_one(clock):
    FingerprintKey.objects.all().delete()
    forget_keys()
    first = FingerprintKey.objects.get().secret
    FingerprintKey.objects.all().delete()
    forget_keys()

    assert FingerprintKey.objects.get().secret != first
    assert len(first) == 64


def test_a_new_installation_has_a_key_from_the_start():
    """Tests that commit also empty this table, so the migration itself is called."""
    FingerprintKey.objects.all().delete()
    make_the_first(apps, None)

    key = FingerprintKey.objects.get()
    assert (len(key.secret), key.period) == (64, present_period() - 1)
