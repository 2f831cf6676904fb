"""Python's cyclic garbage collector, out of the way of commands that build something and end."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No looking for cycles inside.

    A build makes some hundred thousand nodes that all live until its end, none of them in a cycle. Looking through
    them again and again, as they become more, took a tenth of its time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
