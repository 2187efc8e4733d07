"""The cinema's own settings as the demo has them, plus what makes tests fast and self-contained.

TEST_DATABASE (set by the test run, see conftest.py) says which database this process tests on. Without it,
a process uses DATABASE_URL, or SQLite in a file: a file because an in-memory database has no second connection.
"""

import atexit
import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from tests.environment import forget_settings

_scratch = Path(tempfile.mkdtemp(prefix="cinema-tests-"))
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)

forget_settings()
os.environ["DEMO"] = "true"
os.environ["SECRET_KEY"] = "the key of the tests"
os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
os.environ["SITE_URL"] = "http://testserver"
os.environ["EMAIL_URL"] = "memory:"
# Playwright's synchronous API runs an event loop in the thread of the tests.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
if os.environ.get("TEST_DATABASE") == "sqlite" or not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = f"sqlite:///{_scratch / 'development.sqlite3'}"

from cinema.settings import *  # noqa: E402, F403
from cinema.settings import DATABASES, INSTALLED_APPS, STORAGES  # noqa: E402

INSTALLED_APPS = ["tests", *INSTALLED_APPS]  # for its `migrate` and `flush`

DATABASES["default"]["CONN_MAX_AGE"] = 0  # the threads of a test end with it
HOUSEKEEPING_EVERY = timedelta(0)  # nothing is done behind a test's back

if DATABASES["default"]["ENGINE"] == "cinema.sqlite":
    _options = DATABASES["default"]["OPTIONS"]
    _quick = {"init_command": _options["init_command"].replace("synchronous=FULL", "synchronous=OFF")}
    _test = {"NAME": str(_scratch / "test.sqlite3")}
    DATABASES = {"default": DATABASES["default"] | {"OPTIONS": _options | _quick, "TEST": _test}}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = _scratch / "media"
STATIC_ROOT = _scratch / "static"
STATIC_ROOT.mkdir()
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
