"""The settings of the benchmarks, with short holds, and a test gateway that does not report by itself."""

import os
from datetime import timedelta

from tests.benchmarks.settings import *  # noqa: F403
from tests.benchmarks.settings import STORAGES
from tests.chaos.gunicorn_config import RAZORPAY, STRIPE, UNGUARDED, UNTIDY
from tests.fakes import razorpay, stripe

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # of PINs; a slow one takes as long as a booking
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
HOLD_MINUTES = WAIT_OFFER_MINUTES = 0.25
HOLD_MAX_MINUTES = 0.5
EMAIL_TIMEOUT = 1  # so that a mail whose sender was killed is tried again within seconds
LEFT_ALONE_FOR = timedelta(seconds=5)
HOLDS_PER_BUYER = 0  # moviegoers come and go without buying
SITE_URL = "http://127.0.0.1:9"  # nobody listens there: the webhooks are delivered by tests.chaos.gateway
if os.environ.get(STRIPE):
    STRIPE_API, RAZORPAY_API = os.environ[STRIPE], os.environ[RAZORPAY]
    STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRETS = stripe.KEY, list(stripe.SECRETS)
    RAZORPAY_KEY_ID, RAZORPAY_KEY_SECRET = razorpay.KEY_ID, razorpay.KEY_SECRET
    RAZORPAY_WEBHOOK_SECRETS = list(razorpay.SECRETS)
if os.environ.get(UNGUARDED):
    HOUSEKEEPING_EVERY = timedelta(seconds=1.5)  # so that many refunds are sent
if os.environ.get(UNTIDY):
    HOUSEKEEPING_EVERY = timedelta(0)
