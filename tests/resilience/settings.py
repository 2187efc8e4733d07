"""The settings of the servers in these tests: the demo's, with shorter times."""

import os
from datetime import timedelta

from cinema.settings import *  # noqa: F403
from cinema.settings import DATABASES, INSTALLED_APPS, STORAGES

INSTALLED_APPS = ["tests", *INSTALLED_APPS]  # for its `migrate`

HOUSEKEEPING_EVERY = timedelta(seconds=float(os.environ["HOUSEKEEPING_EVERY"]))
LEFT_ALONE_FOR = timedelta(seconds=float(os.environ["LEFT_ALONE_FOR"]))
EMAIL_TIMEOUT = float(os.environ["EMAIL_TIMEOUT"])
if DATABASES["default"]["ENGINE"] == "cinema.sqlite":
    DATABASES["default"]["OPTIONS"]["timeout"] = 1

STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
