from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.signals import user_logged_in


class CinemaConfig(AppConfig):
    name = "cinema"
    verbose_name = "Cinema"

    def ready(self) -> None:
        from cinema.web import (
            sessions,
            shared,
            sign_ins,  # noqa: F401, sign_ins connects signal receivers
        )

        user_logged_in.connect(sessions.begin)
        user_logged_in.connect(shared.unshare)
        self._check_gateways()

    def _check_gateways(self) -> None:
        """Refuse to start with an unknown payment gateway, instead of failing the first buyer."""
        from cinema.gateways import check_gateways

        check_gateways(settings.PAYMENT_GATEWAYS | settings.COUNTER_GATEWAYS)
