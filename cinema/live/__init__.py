"""Open seat maps: who watches which show from this process, and telling them all what changed, rendered once.

Beside the layers, on the server's event loop: it asks selectors, calls services and renders templates, in a thread.
"""
