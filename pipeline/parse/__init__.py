"""Sources into a Library: everything the author wrote, typed, and all that is wrong with it. Pure.

``library.py`` tells the story; ``config``, ``series``, ``part`` and ``block`` read one kind of file each, with
``front_matter`` and ``fields`` for their headers and ``markdown`` for their bodies.
"""

from pipeline.parse.library import Parsed, parse_library

__all__ = ["Parsed", "parse_library"]
