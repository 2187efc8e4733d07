"""Error pages, which need neither a database nor a request."""

import pytest

from cinema.middleware import COOKIE
from tests.factories import UserFactory


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_so_without_asking_the_database(client, django_assert_num_queries):
    client.force_login(UserFactory())
    client.cookies[COOKIE] = "forged"

    with django_assert_num_queries(0):
        response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()
