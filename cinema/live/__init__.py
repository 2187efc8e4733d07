"""What the server does beside answering pages: it tells open seat maps what changed, and does its own housekeeping.

Beside the layers, around the server's event loop: it asks selectors, calls services and renders templates, in threads.
"""
