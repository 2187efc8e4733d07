"""The locks: requirements.txt and tests/requirements.txt, written by `make lock` from the .in files beside them."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
RUNTIME = ROOT / "requirements.in"
TESTS = ROOT / "tests" / "requirements.in"
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}$")


def direct(path: Path) -> dict[str, str]:
    """The versions a .in file pins, by package."""
    lines = (line.split("#")[0].strip() for line in path.read_text().splitlines())
    return versions(line for line in lines if line and not line.startswith("-"))


def entries(path: Path) -> dict[str, list[str]]:
    """Each requirement of a lock with its hashes."""
    text = re.sub(r"^ *#.*\n", "", path.read_text(), flags=re.MULTILINE)
    return {first: hashes for first, *hashes in (entry.split(" \\\n") for entry in re.split(r"\n(?! )", text.strip()))}


def versions(requirements) -> dict[str, str]:
    found = {}
    for text in requirements:
        requirement = Requirement(text)
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", f"{text} is not pinned to one version"
        found[canonicalize_name(requirement.name)] = specifier.version
    return found


@pytest.fixture(params=[RUNTIME, TESTS], ids=["runtime", "tests"])
def source(request):
    return request.param


def test_every_direct_pin_has_its_version_in_the_lock(source):
    locked = versions(entries(source.with_suffix(".txt")))
    assert direct(source).items() <= locked.items(), "run `make lock`"


def test_every_locked_package_carries_hashes(source):
    for requirement, hashes in entries(source.with_suffix(".txt")).items():
        assert hashes, f"{requirement} has no hash"
        assert all(HASH.match(line) for line in hashes), requirement


def test_the_tests_run_on_the_locked_versions_of_a_site():
    site, tests = (versions(entries(path.with_suffix(".txt"))) for path in (RUNTIME, TESTS))
    assert site.items() <= tests.items(), "run `make lock`"


def test_the_locks_name_no_index_and_no_option(source):
    text = source.with_suffix(".txt").read_text()
    assert not re.search(r"^-", text, flags=re.MULTILINE)
    assert "://" not in text


def test_each_direct_pin_says_why_it_is_there(source):
    pins = [line for line in source.read_text().splitlines() if "==" in line]
    assert [line for line in pins if not re.search(r"\S +# \w", line)] == []
