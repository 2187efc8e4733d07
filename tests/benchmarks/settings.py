"""The cinema's settings as the demo has them, with the static files collected outside the tree and an empty page."""

import os
from pathlib import Path

from cinema.settings import *  # noqa: F403
from cinema.settings import INSTALLED_APPS

INSTALLED_APPS = ["tests", *INSTALLED_APPS]  # for its `migrate`

# The whole crowd comes from this machine, and who shows changes on open maps holds and releases all the time.
HOLDS_PER_BUYER = HOLDS_PER_ADDRESS = HOLDS_PER_TOKEN = SHOW_SHARE = REQUESTS_PER_ADDRESS = 0
STATIC_ROOT = Path(os.environ["BENCHMARK_SCRATCH"]) / "static"
ROOT_URLCONF = "tests.benchmarks.urls"
