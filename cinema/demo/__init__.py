"""The demo cinema: real films in three invented theatres, two weeks of shows from today, some of it sold.

It is loaded by ``manage.py demo`` into an empty database only, and uses the same services as everybody else.
"""
