"""The server around the pages: connections, request bodies, threads, open seat maps, housekeeping.

Beside the layers, around the server's event loop: it asks selectors, calls services and renders templates, in threads.
"""
