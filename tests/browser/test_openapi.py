"""The JSON interface of the running site, tried over the network by its description."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, checks

from cinema.views.api.openapi import description
from cinema.views.public.feeds import files
from tests.factories import LanguageFactory, ScreenFactory, ShowFactory, TheatreFactory
from tests.views.api.programs import Program
from tests.views.api.test_openapi import WITH_TOKEN, closed, requests_to

pytestmark = [pytest.mark.nightly, pytest.mark.django_db(transaction=True)]
OPERATIONS = [each.ok() for each in schemathesis.openapi.from_dict(closed(description())).get_all_operations()]


@pytest.mark.only("postgresql")  # which refuses more, such as null characters
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_the_running_site_answers_whatever_a_program_sends_as_described(operation, streaming_site):
    """As in views/api/test_openapi.py, but with the server, and with transactions that commit in between."""
    files.clear()
    headers = Program().headers if operation.path in WITH_TOKEN else None
    screen = ScreenFactory(theatre=TheatreFactory(web_fee=20, api_fee=5), plan="aabb\nwcAA")
    show = ShowFactory(screen=screen, subtitles=LanguageFactory(code="en", name="English"))
    answers = set[int]()

    @settings(max_examples=30, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=requests_to(operation, show))
    def send(case: Case) -> None:
        described = [checks.positive_data_acceptance]  # a value may be as described and be of nothing that is there
        answer = case.call_and_validate(base_url=streaming_site, headers=headers, excluded_checks=described)
        answers.add(answer.status_code)

    send()

    assert answers & {200, 201, 404}
