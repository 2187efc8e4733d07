"""What several tests of the pages need."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

NOT_COUNTED = re.compile(r"BEGIN|COMMIT|ROLLBACK|.*cinema_sandboxcharge", re.DOTALL)


@pytest.fixture
def statements():
    """``with statements() as seen``: the SQL of the block.

    Left out are begin and commit, which only SQLite's log has, and the books of the test gateway: a real one keeps
    its own elsewhere.
    """

    @contextmanager
    def capture() -> Iterator[list[str]]:
        seen: list[str] = []
        with CaptureQueriesContext(connection) as queries:
            yield seen
        seen += [query["sql"] for query in queries if not NOT_COUNTED.match(query["sql"])]

    return capture
