from collections.abc import Iterator

import pytest

from tests.benchmarks.server import Server
from tests.resilience.site import WITH_CRASHES, Site, opened


@pytest.fixture(scope="package")
def site(django_db_blocker, tmp_path_factory) -> Iterator[Site]:
    """A site shared by the tests here; each creates its own shows."""
    with django_db_blocker.unblock(), opened(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def server(site: Site) -> Iterator[Server]:
    with site.serve(WITH_CRASHES) as server:
        yield server
