"""Settings of the cinema.

The environment is read once, strictly, in the first section; everything below is plain Django.
"""

import re
import sqlite3
from datetime import timedelta
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from babel.numbers import list_currencies
from django.core.exceptions import ImproperlyConfigured
from environs import Env, validate
from whitenoise.compress import Compressor

from cinema.demo import secret_key
from cinema.domain.languages import check_language, read_languages
from cinema.exports.account_codes import read_codes
from cinema.gateways.configuration import (
    check_currency,
    payment_origins,
    read_amounts,
    read_gateways,
    read_step,
    split_gateways,
)
from cinema.mail import settings as mail_settings
from cinema.observability import logs
from cinema.postgresql import TIMEOUTS

BASE_DIR = Path(__file__).resolve().parent.parent

# --- The environment ---------------------------------------------------------------------------

env = Env()


def names(variable: str, default: list[str] | None = None) -> list[str]:
    """Read a comma-separated list, ignoring spaces around the commas."""
    return [name for item in env.list(variable, default or []) if (name := item.strip())]


DEBUG = env.bool("DEBUG", False)
# The demo cinema: plain HTTP on this machine, a built-in test gateway, a key kept in a file.
DEMO = env.bool("DEMO", False)
SECRET_KEY = env.str("SECRET_KEY", "")
ALLOWED_HOSTS = names("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"] if DEMO or DEBUG else [])
CSRF_TRUSTED_ORIGINS = names("CSRF_TRUSTED_ORIGINS")
# The networks whose X-Forwarded-For and X-Forwarded-Proto are trusted, and “unix” for clients of a Unix socket.
proxies = names("TRUSTED_PROXIES")
SITE_URL = env.str("SITE_URL", "").rstrip("/")
# Websites that may show the programme in a frame, such as https://www.cinema.example.
EMBED_ORIGINS = names("EMBED_ORIGINS")
# Strict-Transport-Security for subdomains of this host, and for the browsers' preload lists: hard to undo.
HSTS_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", False)
HSTS_PRELOAD = env.bool("HSTS_PRELOAD", False)
TIME_ZONE = "UTC"
LANGUAGE_CODE = env.str("LANGUAGE_CODE", "en").lower()
check_language(LANGUAGE_CODE)
# What the pages are offered in, LANGUAGE_CODE without a prefix and the others under one, such as /de/.
LANGUAGES = read_languages(names("LANGUAGES"), LANGUAGE_CODE)
ONE_OF_ALL = validate.OneOf(sorted(list_currencies()), error="Give a currency, such as INR or EUR.")
CURRENCY = env.str("CURRENCY", "INR", validate=ONE_OF_ALL)
check_currency(CURRENCY)
# What cash is rounded to; 0 if it is not, None as is usual for the currency: domain/cash.py.
CASH_ROUNDING: Decimal | None = read_step(env.str("CASH_ROUNDING", ""), CURRENCY)
HOLD_MINUTES = env.int("HOLD_MINUTES", 10, validate=validate.Range(min=1, max=30))
WAIT_OFFER_MINUTES = env.int("WAIT_OFFER_MINUTES", 15, validate=validate.Range(min=1, max=120))
MAX_SEATS = env.int("MAX_SEATS", 10, validate=validate.Range(min=1, max=100))
# How many unpaid holds a client may have at once, and how many unused ones in COOL_DOWN_MINUTES; 0 is no limit.
HOLDS_PER_BUYER = env.int("HOLDS_PER_BUYER", 6, validate=validate.Range(min=0))
HOLDS_PER_ADDRESS = env.int("HOLDS_PER_ADDRESS", 30, validate=validate.Range(min=0))
HOLDS_PER_TOKEN = env.int("HOLDS_PER_TOKEN", 100, validate=validate.Range(min=0))
COOL_DOWN_MINUTES = env.int("COOL_DOWN_MINUTES", 30, validate=validate.Range(min=1, max=24 * 60))
SHOW_SHARE = env.int("SHOW_SHARE", 40, validate=validate.Range(min=0, max=100))
# The amounts of the gift cards that are sold; none are without. Between the lowest and the highest, buyers may choose.
gift_card_amounts = names("GIFT_CARD_AMOUNTS", ["500", "1000", "2500"] if DEMO else [])
GIFT_CARD_AMOUNTS: list[Decimal] = read_amounts(gift_card_amounts, CURRENCY)
# For how many months a gift card is good; 0 is for ever.
GIFT_CARD_MONTHS = env.int("GIFT_CARD_MONTHS", 0, validate=validate.Range(min=0, max=240))
# For how many days personal data is kept: services/privacy/retention.py.
KEEP_CONTACTS_DAYS = env.int("KEEP_CONTACTS_DAYS", 365, validate=validate.Range(min=1))
KEEP_WAITING_DAYS = env.int("KEEP_WAITING_DAYS", 30, validate=validate.Range(min=1))
KEEP_FINGERPRINTS_DAYS = env.int("KEEP_FINGERPRINTS_DAYS", 30, validate=validate.Range(min=1))
KEEP_SIGN_IN_FAILURES_DAYS = env.int("KEEP_SIGN_IN_FAILURES_DAYS", 7, validate=validate.Range(min=1))
KEEP_MAILS_DAYS = env.int("KEEP_MAILS_DAYS", 30, validate=validate.Range(min=1))
KEEP_ACCOUNTS_DAYS = env.int("KEEP_ACCOUNTS_DAYS", 1095, validate=validate.Range(min=60))
THREADS = env.int("THREADS", 4, validate=validate.Range(min=1, max=64))
# Requests in progress of one client IP address in each process, and as many open seat maps; 0 is no limit.
REQUESTS_PER_ADDRESS = env.int("REQUESTS_PER_ADDRESS", 100, validate=validate.Range(min=0))
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRETS = names("STRIPE_WEBHOOK_SECRETS")  # while one is changed, both
STRIPE_API = "https://api.stripe.com"
RAZORPAY_KEY_ID = env.str("RAZORPAY_KEY_ID", "")
RAZORPAY_KEY_SECRET = env.str("RAZORPAY_KEY_SECRET", "")
RAZORPAY_WEBHOOK_SECRETS = names("RAZORPAY_WEBHOOK_SECRETS")
RAZORPAY_API = "https://api.razorpay.com"
# The gateways of the demo: the test mode of the first provider whose key is there.
DEMO_GATEWAYS = (
    "stripe:CARD,WALLET"
    if STRIPE_SECRET_KEY
    else "razorpay:UPI,CARD,NETBANKING,WALLET"
    if RAZORPAY_KEY_ID
    else "sandbox:UPI,CARD,NETBANKING,WALLET"
)
# The gateway of each mode of payment that the checkout offers, such as "stripe:CARD,WALLET,READER razorpay:UPI", and of
# those that staff start at a till, such as READER.
PAYMENT_GATEWAYS, COUNTER_GATEWAYS = split_gateways(
    read_gateways(env.str("PAYMENT_GATEWAYS", DEMO_GATEWAYS if DEMO else ""))
)
# The bookkeeper's codes of accounts of the money ledger, such as "revenue:SEAT=8400, tax:18=1776".
ACCOUNT_CODES: dict[str, str] = read_codes(names("ACCOUNT_CODES"))
PAYMENT_GATEWAY = env.str("PAYMENT_GATEWAY", "")  # its former name
PAYMENT_ORIGINS = [*payment_origins(PAYMENT_GATEWAYS), *names("PAYMENT_ORIGINS")]
DATABASE = env.dj_db_url("DATABASE_URL", f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
# Whether there is a pooler in transaction mode before PostgreSQL, such as PgBouncer.
DATABASE_POOLED = env.bool("DATABASE_POOLED", False)
EMAIL_URL = env.str("EMAIL_URL", "console:" if DEMO or DEBUG else "")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "")
# Files with the keys that sign passes for Apple Wallet and Google Wallet. Without its keys a wallet is not offered.
APPLE_WALLET_KEYS = env.str("APPLE_WALLET_KEYS", "")
GOOGLE_WALLET_KEYS = env.str("GOOGLE_WALLET_KEYS", "")
GOOGLE_WALLET_ISSUER = env.str("GOOGLE_WALLET_ISSUER", "")
APPLE_PUSH_API = "https://api.push.apple.com"
GOOGLE_WALLET_API = "https://walletobjects.googleapis.com/walletobjects/v1"
GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"
METRICS_TOKEN = env.str("METRICS_TOKEN", "", validate=validate.Length(min=20, error="Give 20 characters or more."))

env.seal()

if (DEMO or DEBUG) and not SECRET_KEY:
    SECRET_KEY = secret_key.read_or_create(BASE_DIR / ".secret_key")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set: set it to at least 50 random characters (docs/operations.md), or run "
        "“manage.py --demo COMMAND” to use the demo cinema."
    )
if not (DEBUG or DEMO) and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or "insecure" in SECRET_KEY):
    raise ImproperlyConfigured(
        "SECRET_KEY is too weak for production: use at least 50 random characters, and not a default one."
    )
if not (DEBUG or ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS is not set. Name the hosts of this site, for example cinema.example.org.")
if PAYMENT_GATEWAY:
    raise ImproperlyConfigured(
        "PAYMENT_GATEWAY is now PAYMENT_GATEWAYS, which also says what each gateway takes, for example "
        "PAYMENT_GATEWAYS=stripe:CARD,WALLET (docs/operations.md)."
    )
if DEMO and ("_live_" in STRIPE_SECRET_KEY or "_live_" in RAZORPAY_KEY_ID):
    raise ImproperlyConfigured(
        "The demo takes no real money. Give it a key of the provider's test mode: sk_test_… or rzp_test_…"
    )
if "sandbox" in PAYMENT_GATEWAYS.values() and not DEMO:
    raise ImproperlyConfigured(
        "PAYMENT_GATEWAYS names the sandbox, which takes no real money: only the demo may use it (DEMO=true). Name a "
        "real gateway, or leave PAYMENT_GATEWAYS out to publish the programme without selling."
    )

if APPLE_WALLET_KEYS or GOOGLE_WALLET_KEYS:
    from cinema.wallet import keys  # takes a tenth of a second

    if APPLE_WALLET_KEYS:
        keys.read_apple_keys(APPLE_WALLET_KEYS)
    if GOOGLE_WALLET_KEYS:
        keys.read_google_keys(GOOGLE_WALLET_KEYS, GOOGLE_WALLET_ISSUER)

for origin in EMBED_ORIGINS:
    if not re.fullmatch(r"https?://[\w.-]+(:\d+)?", origin, re.ASCII):
        raise ImproperlyConfigured(
            f"EMBED_ORIGINS names websites by scheme and host alone, such as https://www.cinema.example, not {origin}."
        )

TRUSTED_SOCKET = "unix" in proxies
try:
    TRUSTED_PROXIES = [ip_network(proxy) for proxy in proxies if proxy != "unix"]
except ValueError as error:
    raise ImproperlyConfigured(
        f"TRUSTED_PROXIES names addresses, networks such as 10.0.0.0/8, or unix: {error}."
    ) from None

# Links in emails are built without a request, so they need the site's own URL.
SITE_URL = SITE_URL or (f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if not (DEBUG or DEMO) else "http://localhost:8000")

EMAIL = mail_settings.read_relay(EMAIL_URL, in_production=not (DEBUG or DEMO))
DEFAULT_FROM_EMAIL = mail_settings.read_sender(
    DEFAULT_FROM_EMAIL or f"Cinema <tickets@{'localhost' if DEBUG or DEMO else urlsplit(SITE_URL).hostname}>"
)

# --- Application -------------------------------------------------------------------------------

INSTALLED_APPS = [
    "axes",  # before cinema: counts a failed sign-in before the audit trail records it
    "cinema",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "bootstrap",
]

MIDDLEWARE = [
    "cinema.observability.request_log.RequestLogMiddleware",
    "cinema.web.middleware.HeadersMiddleware",
    "cinema.web.middleware.MethodMiddleware",
    "cinema.web.middleware.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "cinema.web.middleware.CookieMiddleware",
    "cinema.web.languages.LanguageMiddleware",
    "cinema.web.middleware.BodyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cinema.web.middleware.BuyerMiddleware",
    "cinema.web.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "cinema.urls"
WSGI_APPLICATION = "cinema.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "cinema.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "my-tickets"
LOGOUT_REDIRECT_URL = "programme"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cinema.web.context_processors.site",
            ],
            "builtins": [
                "crispy_forms.templatetags.crispy_forms_filters",
                *(f"cinema.templatetags.{name}" for name in ("cinema", "dates", "labels", "show_times", "staff")),
            ],
        },
    }
]

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
FORM_RENDERER = "cinema.web.widgets.WidgetRenderer"

# Length and common passwords are checked, not the kinds of characters.
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "cinema.forms.people.passwords.SimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},  # 20,000 breached ones
    {"NAME": "cinema.forms.people.passwords.OwnWordsValidator"},
]

# --- Database ----------------------------------------------------------------------------------

if DATABASE["ENGINE"].endswith("sqlite3"):
    # SQLite has no row locks: a transaction takes the one write lock at its start, and others wait for it in turn.
    # Without recursive triggers REPLACE could change rows of the append-only tables.
    DATABASE["ENGINE"] = "cinema.sqlite"
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "cached_statements": 500,  # as many as are prepared and kept; the 128 of Python are too few for all pages
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
    }
    if sqlite3.sqlite_version_info < (3, 35):
        raise ImproperlyConfigured("SQLite 3.35 or newer is needed (it returns the keys of inserted rows).")
else:
    DATABASE["ENGINE"] = "cinema.postgresql"
    DATABASE["DISABLE_SERVER_SIDE_CURSORS"] = DATABASE_POOLED
    options = DATABASE.setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", 3)
    options.setdefault("tcp_user_timeout", 10_000)  # milliseconds until a lost connection is detected
    if not DATABASE_POOLED:
        # Set for each connection, not each transaction, which would cost a statement.
        bounds = [f"-c {name}={milliseconds}" for name, milliseconds in TIMEOUTS.items()]
        options["options"] = " ".join([options.get("options", ""), *bounds]).strip()

DATABASE["CONN_MAX_AGE"] = 60
DATABASE["CONN_HEALTH_CHECKS"] = True

DATABASES = {"default": DATABASE}

# --- Words, time and money ---------------------------------------------------------------------

USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "cinema" / "locale"]  # their translations: `make messages`

# A hold can be extended, but never beyond this many minutes after its first seat.
HOLD_MAX_MINUTES = max(30, HOLD_MINUTES)

# --- Housekeeping ------------------------------------------------------------------------------

# How often cinema.asgi runs the background jobs; timedelta(0): never, for instance if `manage.py run_jobs` does.
HOUSEKEEPING_EVERY = timedelta(seconds=10)
# Jobs leave younger rows alone, since a request may still process them. Both times are short, so that everything is
# settled within a minute of a restart.
LEFT_ALONE_FOR = timedelta(seconds=20)

# --- Email, files -----------------------------------------------------------------------------

globals().update(EMAIL)
EMAIL_TIMEOUT = 10  # seconds for each reply of the relay

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "media/"
MEDIA_ROOT = BASE_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "cinema.web.static_files.StaticFiles"
    },
}

# Keeps and compresses only the files with hashed names: a third of the files and of the time.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

# --- Security ----------------------------------------------------------------------------------

HTTPS = not (DEBUG or DEMO)

# Anything not listed here is not loaded. The other headers of every response are in cinema/web/headers.py.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        # Chromium also applies this to redirects of a posted form: the checkout redirects to the payment provider.
        "form-action": ["'self'", *PAYMENT_ORIGINS],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# After so many failed sign-ins a client IP address is locked out of that account; the account's owner can still sign in
# from another one. See cinema.web.sign_ins.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address"]
AXES_HANDLER = "cinema.web.sign_ins.Failures"
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "cinema.web.sign_ins.account_counted"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "next"]  # not stored with a failure
AXES_CLIENT_IP_CALLABLE = "cinema.web.sign_ins.axes_client_ip"
AXES_LOCKOUT_CALLABLE = "cinema.web.errors.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # the audit trail, which is append-only, records sign-ins
AXES_VERBOSE = False

CSRF_FAILURE_VIEW = "cinema.web.csrf.csrf_failure"

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [
    "^healthz$",  # probes do not go through the proxy
    "^readyz$",
    "^metrics$",
    "^api/",  # refused instead of redirected, so that no program keeps sending its token unencrypted
]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and HSTS_SUBDOMAINS
SECURE_HSTS_PRELOAD = HTTPS and HSTS_PRELOAD
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # HSTS subdomains and preload: see above

# Browsers accept a cookie with this prefix only from this very host and with Secure, so no subdomain can set one.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
SESSION_COOKIE_SECURE = HTTPS
SESSION_ENGINE = "cinema.web.sessions"  # with the lifetime of sessions
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True  # scripts read the token from the page
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"  # set by the switch only
MESSAGE_STORAGE = "cinema.web.messages.Messages"

LOGGING = logs.config(plain=DEBUG or DEMO)
