"""The description of the JSON interface fits what it does."""

import re
from typing import Any

import pytest
import schemathesis
from django.test.client import ClientHandler
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, checks
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation

from cinema.models import Show, Ticket
from cinema.urls import api
from cinema.views.api.openapi import description
from cinema.views.public.feeds import files
from tests.factories import LanguageFactory, ScreenFactory, ShowFactory, TheatreFactory, listed
from tests.views.api.programs import Program, wish

pytestmark = [pytest.mark.django_db, pytest.mark.only("postgresql")]  # which refuses more, such as null characters

# Tests of single answers send what is not valid, too, and one token without asking what happens without.
UNWANTED = [checks.positive_data_acceptance, checks.negative_data_rejection, checks.ignored_auth]
WITH_TOKEN = ["/api/book/", "/api/tickets/{reference}/"]


def closed(part: Any) -> Any:
    """The description, made to refuse what it does not name, so that it cannot leave anything out."""
    if isinstance(part, list):
        return [closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    inner = {name: closed(value) for name, value in part.items()}
    is_object = inner.get("type") == "object" and "properties" in inner
    return inner | ({"additionalProperties": False} if is_object else {})


def site(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The site as a WSGI program, in the transaction of the test."""
    environ.pop("HTTP_ACCEPT_ENCODING", None)
    response = ClientHandler(enforce_csrf_checks=True)(environ)
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [response.getvalue()]


SCHEMA = schemathesis.openapi.from_dict(closed(description()))
SCHEMA.app = site
OPERATIONS = [operation.ok() for operation in SCHEMA.get_all_operations()]


@pytest.fixture
def kiosk() -> Program:
    return Program()


@pytest.fixture
def show() -> Show:
    """A show whose seats, types and languages have every kind of value."""
    files.clear()
    theatre = TheatreFactory(web_fee=20, api_fee=5)
    screen = ScreenFactory(theatre=theatre, plan="aabb\nwcAA")
    return ShowFactory(screen=screen, subtitles=LanguageFactory(code="en", name="English"))


def requests_to(operation: APIOperation, show: Show) -> st.SearchStrategy[Case]:
    """Requests as described; every second is about a show that is there."""

    def aim(case: Case, at_show: bool) -> Case:
        if at_show and "id" in case.path_parameters:
            case.path_parameters["id"] = show.pk
        if at_show and "slug" in case.path_parameters:
            case.path_parameters["slug"] = show.screen.theatre.slug
        if at_show and isinstance(case.body, dict):
            case.body |= wish(show, "A1")
        return case

    return st.builds(aim, operation.as_strategy(), st.booleans())


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_whatever_a_program_sends_the_answer_is_as_described(operation, kiosk, show, in_full):
    headers = kiosk.headers if operation.path in WITH_TOKEN else None

    @settings(
        max_examples=60 if in_full else 6,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=requests_to(operation, show))
    def send(case: Case) -> None:
        # A value may be as described and yet be of nothing that is there.
        case.call_and_validate(headers=headers, excluded_checks=[checks.positive_data_acceptance])

    send()


def test_every_kind_of_answer_is_as_described(kiosk, show):
    def answer(path: str, *, method: str = "GET", token: bool = True, **parts: Any) -> int:
        case = SCHEMA[path][method].Case(**parts)
        return case.call_and_validate(headers=kiosk.headers if token else None, excluded_checks=UNWANTED).status_code

    def book(names: str, *, token: bool = True, **changes: Any) -> int:
        return answer(
            "/api/book/", method="POST", token=token, body=wish(show, names, **changes), media_type="application/json"
        )

    def ticket(reference: str, *, token: bool = True) -> int:
        return answer("/api/tickets/{reference}/", token=token, path_parameters={"reference": reference})

    theatre = {"slug": show.screen.theatre.slug}
    cancelled = listed(theatre=show.screen.theatre, status=Show.Status.CANCELLED)

    assert book("A1 A2") == 201
    assert ticket(Ticket.objects.get().reference) == 200
    assert [book("A1"), book("A3", payment_mode="GOLD"), book("A3", token=False)] == [409, 400, 401]
    assert [ticket("ABCD2345"), ticket("ABCD2345", token=False)] == [404, 401]
    assert [answer("/api/movies/"), answer("/api/movies/", query={"city": "Nowhere"})] == [200, 400]
    assert answer("/api/movies/", query={"page": 9}) == 404
    for there in (show, cancelled):
        assert answer("/api/shows/{id}/", path_parameters={"id": there.pk}) == 200
    assert answer("/api/shows/{id}/", path_parameters={"id": 4711}) == 404
    for file in ("showtimes.json", "showtimes.csv"):
        assert answer(f"/{file}") == answer(f"/theatres/{{slug}}/{file}", path_parameters=theatre) == 200


def test_the_description_refuses_an_answer_that_it_leaves_something_out_of(kiosk, show):
    """The control: what a response has beyond the description would be found."""
    short = closed(description())
    showtime = short["components"]["schemas"]["Showtime"]
    del showtime["properties"]["booking_url"]
    showtime["required"].remove("booking_url")
    schema = schemathesis.openapi.from_dict(short)
    schema.app = site

    with pytest.raises(FailureGroup, match="booking_url"):
        schema["/showtimes.json"]["GET"].Case().call_and_validate()


def test_every_address_of_the_interface_is_described():
    paths = {re.sub(r"<\w+:(\w+)>", r"{\1}", f"/api/{pattern.pattern}") for pattern in api.urlpatterns if pattern.name}

    assert paths - {path.replace("{id}", "{pk}") for path in description()["paths"]} == {"/api/openapi.json"}


def test_the_description_names_this_site(client):
    found = client.get(reverse("api-openapi"))

    assert found["Content-Type"] == "application/json"
    assert found.json()["servers"] == [{"url": "http://testserver"}]
    assert found.json()["paths"] == description()["paths"]
