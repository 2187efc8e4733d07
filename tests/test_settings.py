"""Settings read the environment strictly: a mistake stops the start, and the message names it."""

import ast
import os
import sqlite3
import stat
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from cinema import settings as own_settings
from cinema.demo import secret_key
from tests import starts

STRONG_KEY = "qL0xv-7Wk2b_RzT9Yh4MfC8Pn3JdS6eGuXa1VwBiKoZtE5NmQrHy"
PRODUCTION = {
    "SECRET_KEY": STRONG_KEY,
    "ALLOWED_HOSTS": "cinema.example.org",
    "EMAIL_URL": "submission://user:password@smtp.example.org:587",
}
CLEAN = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
ROOT = Path(settings.BASE_DIR)


def start(environment: dict[str, str], show: str = "") -> subprocess.CompletedProcess[str]:
    """Read the settings in a process with just this environment, and print one of them."""
    return run(
        f"from cinema import settings; print(settings.{show})" if show else "from cinema import settings", environment
    )


def run(program: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return starts.run(program, CLEAN | environment)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too weak"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY is too weak"),
        ({"SECRET_KEY": "django-insecure-" + STRONG_KEY}, "SECRET_KEY is too weak"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set"),
        ({"PAYMENT_GATEWAYS": "sandbox:CARD"}, "PAYMENT_GATEWAYS names the sandbox, which takes no real money"),
        ({"PAYMENT_GATEWAYS": "stripe"}, "PAYMENT_GATEWAYS: stripe is not understood"),
        ({"PAYMENT_GATEWAYS": "stripe:"}, "PAYMENT_GATEWAYS: stripe: is not understood"),
        ({"PAYMENT_GATEWAYS": "stripe:card"}, "PAYMENT_GATEWAYS: stripe:card is not understood"),
        ({"PAYMENT_GATEWAYS": "stripe: CARD"}, "PAYMENT_GATEWAYS: stripe: is not understood"),
        ({"PAYMENT_GATEWAYS": "stripe:CARD razorpay:UPI,CARD"}, "PAYMENT_GATEWAYS names CARD twice"),
        ({"PAYMENT_GATEWAY": "cinema.gateways.own.Own"}, "PAYMENT_GATEWAY is now PAYMENT_GATEWAYS"),
        ({"DEMO": "true", "STRIPE_SECRET_KEY": "sk_live_1"}, "The demo takes no real money"),
        ({"DEMO": "true", "RAZORPAY_KEY_ID": "rzp_live_1"}, "The demo takes no real money"),
        ({"ACCOUNT_CODES": "bank"}, "ACCOUNT_CODES: bank is not understood"),
        ({"ACCOUNT_CODES": "bank="}, "ACCOUNT_CODES: bank= is not understood"),
        ({"ACCOUNT_CODES": "bank=" + 41 * "1"}, "is not understood"),
        ({"ACCOUNT_CODES": "banc=1200"}, "ACCOUNT_CODES: there is no account banc"),
        ({"ACCOUNT_CODES": "tax:18%=1776"}, "ACCOUNT_CODES: there is no account tax:18%"),
        ({"ACCOUNT_CODES": "revenue:seat=8400"}, "ACCOUNT_CODES: there is no account revenue:seat"),
        ({"ACCOUNT_CODES": "bank=1200, bank=1210"}, "ACCOUNT_CODES names bank twice"),
        ({"GIFT_CARD_AMOUNTS": "500, many"}, "GIFT_CARD_AMOUNTS: 500, many is not understood"),
        ({"GIFT_CARD_AMOUNTS": "0"}, "GIFT_CARD_AMOUNTS: 0 is not understood"),
        ({"GIFT_CARD_AMOUNTS": "-5"}, "GIFT_CARD_AMOUNTS: -5 is not understood"),
        ({"GIFT_CARD_AMOUNTS": "nan"}, "GIFT_CARD_AMOUNTS: nan is not understood"),
        ({"GIFT_CARD_AMOUNTS": "500.005"}, "GIFT_CARD_AMOUNTS: 500.005 is not understood"),
        ({"GIFT_CARD_AMOUNTS": "10000001"}, "GIFT_CARD_AMOUNTS: 10000001 is not understood"),
        ({"GIFT_CARD_AMOUNTS": "0.5", "CURRENCY": "JPY"}, "GIFT_CARD_AMOUNTS: 0.5 is not understood"),
        ({"GIFT_CARD_MONTHS": "never"}, "GIFT_CARD_MONTHS"),
        ({"GIFT_CARD_MONTHS": "-1"}, "GIFT_CARD_MONTHS"),
        ({"APPLE_WALLET_KEYS": "/nowhere.pem"}, "APPLE_WALLET_KEYS: /nowhere.pem cannot be read"),
        ({"GOOGLE_WALLET_KEYS": "/nowhere.json"}, "GOOGLE_WALLET_ISSUER is the number of your account"),
        ({"CASH_ROUNDING": "five"}, "CASH_ROUNDING: five is not understood"),
        ({"CASH_ROUNDING": "-0.05"}, "CASH_ROUNDING: -0.05 is not understood"),
        ({"CASH_ROUNDING": "0.005"}, "CASH_ROUNDING: 0.005 is not understood"),
        ({"CASH_ROUNDING": "nan"}, "CASH_ROUNDING: nan is not understood"),
        ({"CASH_ROUNDING": "101"}, "CASH_ROUNDING: 101 is not understood"),
        ({"CURRENCY": "KWD"}, "CURRENCY=KWD has 3 decimal places, and prices here have two at most"),
        ({"CURRENCY": "IQD"}, "CURRENCY=IQD has 3 decimal places"),
        ({"HOLD_MINUTES": "ten"}, "HOLD_MINUTES"),
        ({"HOLD_MINUTES": "0"}, "HOLD_MINUTES"),
        ({"WAIT_OFFER_MINUTES": "0"}, "WAIT_OFFER_MINUTES"),
        ({"MAX_SEATS": "-1"}, "MAX_SEATS"),
        ({"HOLDS_PER_ADDRESS": "-1"}, "HOLDS_PER_ADDRESS"),
        ({"REQUESTS_PER_ADDRESS": "-1"}, "REQUESTS_PER_ADDRESS"),
        ({"COOL_DOWN_MINUTES": "0"}, "COOL_DOWN_MINUTES"),
        ({"SHOW_SHARE": "101"}, "SHOW_SHARE"),
        ({"CURRENCY": "rupees"}, "CURRENCY"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"DATABASE_URL": "oracel://localhost/cinema"}, "DATABASE_URL"),
        ({"EMAIL_URL": ""}, "EMAIL_URL is not set"),
        ({"EMAIL_URL": "pigeon://loft"}, "EMAIL_URL is not understood"),
        ({"EMAIL_URL": "submission://"}, "EMAIL_URL is not understood"),
        ({"EMAIL_URL": "console:"}, "EMAIL_URL=console: sends no mail"),
        ({"EMAIL_URL": "file:///var/mails"}, "EMAIL_URL=file: sends no mail"),
        ({"EMAIL_URL": "memory:"}, "EMAIL_URL=memory: sends no mail"),
        (
            {"DEFAULT_FROM_EMAIL": "Kino, Bar <tickets@example.org>"},
            "DEFAULT_FROM_EMAIL=Kino, Bar <tickets@example.org>",
        ),
        ({"DEFAULT_FROM_EMAIL": "Cinema @ Home <tickets@example.org>"}, "DEFAULT_FROM_EMAIL"),
        ({"DEFAULT_FROM_EMAIL": "a@example.org, b@example.org"}, "DEFAULT_FROM_EMAIL"),
        ({"DEFAULT_FROM_EMAIL": "Cinema"}, "DEFAULT_FROM_EMAIL"),
        ({"DEFAULT_FROM_EMAIL": "Cinema <tickets@example>"}, "DEFAULT_FROM_EMAIL"),
        ({"ALLOWED_HOSTS": "*"}, "DEFAULT_FROM_EMAIL"),
        ({"LANGUAGE_CODE": "Klingon"}, "LANGUAGE_CODE=klingon"),
        ({"LANGUAGE_CODE": "it"}, "LANGUAGE_CODE=it"),
        ({"LANGUAGE_CODE": "de-xy"}, "LANGUAGE_CODE=de-xy"),
        ({"LANGUAGE_CODE": ""}, "LANGUAGE_CODE="),
        ({"LANGUAGES": "en, it"}, "LANGUAGES: it is not understood"),
        ({"LANGUAGES": "en de"}, "LANGUAGES: en de is not understood"),
        ({"LANGUAGES": "en, de, en"}, "LANGUAGES names en twice"),
        ({"LANGUAGES": "en, fr", "LANGUAGE_CODE": "de-at"}, "LANGUAGES lacks de"),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN"),
        ({"TRUSTED_PROXIES": "10.0.0.0/8, everybody"}, "TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": "unix:/run/cinema.sock"}, "TRUSTED_PROXIES"),
    ],
)
def test_a_mistake_stops_the_start_and_is_named(environment: dict[str, str], named: str):
    result = start(PRODUCTION | environment)
    assert result.returncode != 0
    assert named in result.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("variable", ["SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL"])
def test_production_has_no_default_for_what_must_be_its_own(variable: str):
    result = start({name: value for name, value in PRODUCTION.items() if name != variable})
    assert result.returncode != 0
    assert f"{variable} is not set" in result.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DEBUG", "False"),
        ("DEMO", "False"),
        ("PAYMENT_GATEWAYS", "{}"),
        ("ACCOUNT_CODES", "{}"),
        ("GIFT_CARD_AMOUNTS", "[]"),
        ("GIFT_CARD_MONTHS", "0"),
        ("SECURE_SSL_REDIRECT", "True"),
        ("SESSION_COOKIE_SECURE", "True"),
        ("SITE_URL", "https://cinema.example.org"),
        ("EMAIL_HOST", "smtp.example.org"),
        ("EMAIL_USE_TLS", "True"),
        ("DEFAULT_FROM_EMAIL", "Cinema <tickets@cinema.example.org>"),
        ("HOLD_MINUTES", "10"),
        ("WAIT_OFFER_MINUTES", "15"),
        ("MAX_SEATS", "10"),
        ("METRICS_TOKEN", ""),
        ("LOGGING['handlers']['stderr']['formatter']", "json"),
        ("TRUSTED_PROXIES", "[]"),
        ("TRUSTED_SOCKET", "False"),
        ("STORAGES['staticfiles']['BACKEND']", "cinema.web.static_files.StaticFiles"),
    ],
)
def test_a_production_site_that_sets_only_what_it_must(setting: str, value: str):
    result = start(PRODUCTION, show=setting)
    assert (result.stdout.strip(), result.returncode) == (value, 0), result.stderr


@pytest.mark.parametrize(
    ("setting", "value"), [("TRUSTED_SOCKET", "True"), ("TRUSTED_PROXIES", "[IPv4Network('127.0.0.1/32')]")]
)
def test_a_proxy_can_come_by_a_unix_socket(setting: str, value: str):
    result = start(PRODUCTION | {"TRUSTED_PROXIES": "unix, 127.0.0.1"}, show=setting)
    assert result.stdout.strip() == value, result.stderr


def test_the_worker_that_gunicorn_loads_before_the_application_finds_the_settings():
    program = "from cinema.live.worker import Worker; print(Worker.CONFIG_KWARGS['forwarded_allow_ips'])"
    result = run(program, PRODUCTION | {"TRUSTED_PROXIES": "127.0.0.1, unix"})
    assert result.stdout.strip() == "['127.0.0.1/32', 'unix']", result.stderr


@pytest.mark.parametrize(
    "sender", ["tickets@example.org", "Kinó Ö <tickets@example.org>", '"Kino, Bar" <tickets@example.org>']
)
def test_a_sender_may_have_a_quoted_name_or_one_in_any_script(sender: str):
    result = start(PRODUCTION | {"DEFAULT_FROM_EMAIL": sender}, show="DEFAULT_FROM_EMAIL")
    assert result.stdout.strip() == sender, result.stderr


def test_a_production_site_sends_no_mail_only_if_configured_so():
    result = start(PRODUCTION | {"EMAIL_URL": "dummy:"}, show="EMAIL_BACKEND")
    assert result.stdout.strip() == "django.core.mail.backends.dummy.EmailBackend", result.stderr


@pytest.mark.parametrize("mode", ["DEMO", "DEBUG"])
def test_the_demo_and_debugging_print_their_mails(mode: str):
    result = start({mode: "true", "SECRET_KEY": STRONG_KEY}, show="EMAIL_BACKEND")
    assert result.stdout.strip() == "django.core.mail.backends.console.EmailBackend", result.stderr


def test_a_production_site_on_postgresql_bounds_its_waits():
    result = start(PRODUCTION | {"DATABASE_URL": "postgres://cinema@localhost/cinema"}, show="DATABASES['default']")
    assert "lock_timeout=5000" in result.stdout
    assert "'CONN_HEALTH_CHECKS': True" in result.stdout


def test_the_demo_keeps_a_random_key_in_a_file_only_its_owner_can_read(tmp_path: Path):
    path = tmp_path / ".secret_key"
    key = secret_key.read_or_create(path)
    assert len(key) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret_key.read_or_create(path) == key
    assert secret_key.read_or_create(tmp_path / "another") != key


def test_the_demo_uses_that_key_and_the_test_gateway(tmp_path: Path):
    program = (
        "from pathlib import Path; from cinema.demo import secret_key; made = secret_key.read_or_create;"
        f"secret_key.read_or_create = lambda path: made(Path({str(tmp_path)!r}) / path.name);"
        "from cinema import settings; print(*set(settings.PAYMENT_GATEWAYS.values()), settings.SECRET_KEY)"
    )
    result = run(program, {"DEMO": "true"})
    assert result.stdout.strip() == f"sandbox {(tmp_path / '.secret_key').read_text()}"


@pytest.mark.parametrize(
    ("gateways", "named"),
    [
        ({"CARD": "pigeon"}, "PAYMENT_GATEWAYS names pigeon. There are only"),
        ({"CARD": "sandbox", "CASH": "sandbox"}, "sandbox takes UPI, CARD, NETBANKING, WALLET, but not CASH"),
    ],
)
def test_a_gateway_that_is_not_there_stops_the_start(settings: Any, gateways: dict[str, str], named: str):
    settings.PAYMENT_GATEWAYS = gateways

    with pytest.raises(ImproperlyConfigured, match=named):
        apps.get_app_config("cinema").ready()


def test_each_mode_of_payment_has_its_gateway_in_the_order_of_the_setting():
    environment = PRODUCTION | {"PAYMENT_GATEWAYS": "stripe:WALLET,CARD  razorpay:UPI"}
    read = {"WALLET": "stripe", "CARD": "stripe", "UPI": "razorpay"}
    assert start(environment, show="PAYMENT_GATEWAYS").stdout.strip() == str(read)


@pytest.mark.parametrize(
    ("setting", "read"),
    [
        ("PAYMENT_GATEWAYS", {"CARD": "stripe", "UPI": "razorpay"}),
        ("COUNTER_GATEWAYS", {"READER": "stripe", "QR": "razorpay"}),
    ],
)
def test_what_tills_start_is_not_offered_at_the_checkout(setting: str, read: dict[str, str]):
    environment = PRODUCTION | {"PAYMENT_GATEWAYS": "stripe:CARD,READER razorpay:QR,UPI"}
    assert start(environment, show=setting).stdout.strip() == str(read)


def test_a_test_key_of_stripe_switches_the_demo_to_it():
    environment = {"DEMO": "true", "STRIPE_SECRET_KEY": "sk_test_1"}
    assert start(environment, show="PAYMENT_GATEWAYS").stdout.strip() == str({"CARD": "stripe", "WALLET": "stripe"})


def test_a_test_key_of_razorpay_switches_the_demo_to_it():
    environment = {"DEMO": "true", "RAZORPAY_KEY_ID": "rzp_test_1", "RAZORPAY_KEY_SECRET": "secret"}
    served = dict.fromkeys(["UPI", "CARD", "NETBANKING", "WALLET"], "razorpay")
    assert start(environment, show="PAYMENT_GATEWAYS").stdout.strip() == str(served)


def test_the_payment_pages_of_the_providers_may_be_led_to():
    gateways = {"PAYMENT_GATEWAYS": "stripe:CARD razorpay:UPI", "PAYMENT_ORIGINS": "https://pay.example.com"}
    environment = PRODUCTION | gateways
    stripe, razorpay = ["https://checkout.stripe.com"], ["https://rzp.io", "https://*.razorpay.com"]
    origins = [*stripe, *razorpay, "https://pay.example.com"]
    assert start(environment, show="PAYMENT_ORIGINS").stdout.strip() == str(origins)


def ask(question: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("foreign_keys", 1),
        ("busy_timeout", 20_000),
        ("recursive_triggers", 1),
    ],
)
def test_sqlite_runs_with_the_pragmas_that_make_it_safe(pragma: str, value: object):
    assert ask(f"PRAGMA {pragma}") == value


@pytest.mark.only("sqlite")
def test_a_site_on_sqlite_waits_for_the_disk_at_each_commit():
    with closing(sqlite3.connect(":memory:")) as site:
        site.executescript(own_settings.DATABASES["default"]["OPTIONS"]["init_command"])
        assert site.execute("PRAGMA synchronous").fetchone() == (2,)


@pytest.mark.django_db
@pytest.mark.only("postgresql")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "30s"),
        ("transaction_isolation", "read committed"),
    ],
)
def test_postgresql_bounds_every_wait(name: str, value: str):
    assert ask(f"SHOW {name}") == value


@pytest.mark.parametrize(
    ("variable", "given", "read"),
    [
        ("ALLOWED_HOSTS", "a.example.org, b.example.org ,", ["a.example.org", "b.example.org"]),
        (
            "CSRF_TRUSTED_ORIGINS",
            "https://a.example.org, https://b.example.org",
            ["https://a.example.org", "https://b.example.org"],
        ),
        ("PAYMENT_ORIGINS", " https://pay.example.com ", ["https://pay.example.com"]),
        ("STRIPE_WEBHOOK_SECRETS", "whsec_new, whsec_old", ["whsec_new", "whsec_old"]),
        ("RAZORPAY_WEBHOOK_SECRETS", "new, old", ["new", "old"]),
        ("TRUSTED_PROXIES", "10.0.0.0/8 , 127.0.0.1", "[IPv4Network('10.0.0.0/8'), IPv4Network('127.0.0.1/32')]"),
    ],
)
def test_spaces_in_a_list_mean_nothing(variable: str, given: str, read: list[str] | str):
    assert start(PRODUCTION | {variable: given}, show=variable).stdout.strip() == str(read)


@pytest.mark.parametrize("language", ["en", "en-gb", "EN", "de-AT", "ar"])
def test_the_language_of_the_site(language: str):
    assert start(PRODUCTION | {"LANGUAGE_CODE": language}, show="LANGUAGE_CODE").stdout.strip() == language.lower()


@pytest.mark.parametrize(
    ("environment", "offered"),
    [
        ({}, ["en", "de", "fr", "es", "hi", "ne", "ar"]),
        ({"LANGUAGES": "de, en"}, ["de", "en"]),
        ({"LANGUAGES": "de, en", "LANGUAGE_CODE": "en-gb"}, ["de", "en-gb"]),
    ],
)
def test_a_cinema_chooses_the_languages_that_it_offers(environment: dict[str, str], offered: list[str]):
    result = start(PRODUCTION | environment, show="LANGUAGES")
    assert [code for code, _name in ast.literal_eval(result.stdout)] == offered, result.stderr


@pytest.mark.parametrize(
    ("environment", "header"),
    [
        ({}, "max-age=31536000"),
        ({"HSTS_SUBDOMAINS": "true"}, "max-age=31536000; includeSubDomains"),
        ({"HSTS_SUBDOMAINS": "true", "HSTS_PRELOAD": "true"}, "max-age=31536000; includeSubDomains; preload"),
    ],
)
def test_what_strict_transport_security_says_beyond_this_host_is_asked_for(environment: dict[str, str], header: str):
    program = (
        "import django, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'cinema.settings'; django.setup();"
        "from cinema.web.headers import security_headers; print(security_headers()['Strict-Transport-Security'])"
    )

    assert run(program, PRODUCTION | environment).stdout.strip() == header


def test_accounts_have_the_codes_of_the_bookkeeper_without_the_spaces_around_them():
    codes = {"ACCOUNT_CODES": "bank=1200, revenue:SEAT:5.5 = 84 00,clearing:stripe=A/13=60"}
    read = {"bank": "1200", "revenue:SEAT:5.5": "84 00", "clearing:stripe": "A/13=60"}
    assert start(PRODUCTION | codes, show="ACCOUNT_CODES").stdout.strip() == str(read)
