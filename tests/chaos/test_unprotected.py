"""The weaknesses of the controls, which run at night only, still find what they replace."""

import pytest

from cinema.services.money import disputes, refunds, settlement
from tests.chaos import unprotected


@pytest.mark.parametrize(
    ("weaken", "places"),
    [
        (unprotected.believe_everything, [(settlement, "locked_payment")]),
        (
            unprotected.lock_no_payment,
            [(refunds, "lock_payment"), (refunds, "locked_payment"), (disputes, "lock_payment")],
        ),
    ],
)
def test_a_weakness_replaces_what_the_services_call(weaken, places, monkeypatch):
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", unprotected.QuerySet.select_for_update)
    monkeypatch.setattr("cinema.services.core.statements.Statement.run", unprotected.Statement.run)
    monkeypatch.setattr(unprotected.connection_created, "connect", lambda *_, **__: None)
    before = [getattr(module, name) for module, name in places]
    for (module, name), function in zip(places, before, strict=True):
        monkeypatch.setattr(module, name, function)

    weaken()

    assert all(getattr(module, name) is not old for (module, name), old in zip(places, before, strict=True))
