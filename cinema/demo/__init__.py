"""The demo: real films in three invented theatres, with two weeks of shows from today, partly sold.

``manage.py demo`` loads it into an empty database only, through the same services as the rest of the project.
"""
