from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import ImproperlyConfigured


class CinemaConfig(AppConfig):
    name = "cinema"
    verbose_name = "Cinema"

    def ready(self) -> None:
        from cinema.web import (
            sessions,
            sign_ins,  # noqa: F401, sign_ins connects signal receivers
        )

        user_logged_in.connect(sessions.begin)
        self._check_gateway()

    def _check_gateway(self) -> None:
        """Refuse to start with a payment gateway that is not there, rather than fail the first buyer."""
        if not settings.PAYMENT_GATEWAY:
            return
        from cinema.gateways import get_gateway
        from cinema.models import Payment

        longest = Payment._meta.get_field("gateway").max_length or 0
        if len(settings.PAYMENT_GATEWAY) > longest:
            raise ImproperlyConfigured(
                f"PAYMENT_GATEWAY={settings.PAYMENT_GATEWAY} is longer than {longest} characters."
            )
        try:
            get_gateway()
        except ImportError as error:
            raise ImproperlyConfigured(
                f"PAYMENT_GATEWAY={settings.PAYMENT_GATEWAY} cannot be loaded: {error}"
            ) from None
