"""The machinery of a speech site: a folder a room, in the order of the way through.

build_site.py calls them in turn: words → pages (with theme) → paper → delivery → draft.
A room knows only rooms before it.
"""

__version__ = "0.2.0"
RELEASED = "2026-11-26"  # the day of this version
GENERATOR = "speechsite"  # how a site made here names its maker
