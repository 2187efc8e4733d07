"""ASGI entry point, which gunicorn finds in ``gunicorn.conf.py``."""

from cinema.live.application import application

__all__ = ["application"]
