"""The ASGI server: connections, request bodies, page threads and live seat maps.

Outside the layers, around the event loop: it calls selectors and services and renders templates, all in threads.
"""
