"""The settings of the benchmarks, with short holds, and a test gateway that does not report by itself."""

import os
from datetime import timedelta

from tests.benchmarks.settings import *  # noqa: F403
from tests.benchmarks.settings import STORAGES
from tests.chaos.gunicorn_config import UNTIDY

STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
HOLD_MINUTES = WAIT_OFFER_MINUTES = 0.25
HOLD_MAX_MINUTES = 0.5
EMAIL_TIMEOUT = 1  # so that a mail whose sender was killed is tried again within seconds
LEFT_ALONE_FOR = timedelta(seconds=5)
HOLDS_PER_BUYER = 0  # moviegoers come and go without buying
SITE_URL = "http://127.0.0.1:9"  # nobody listens there: the webhooks are delivered by tests.chaos.gateway
if os.environ.get(UNTIDY):
    HOUSEKEEPING_EVERY = timedelta(0)
