"""The machinery of a speech site: one module a stage, see build_site.py for the order."""

__version__ = "0.1.0"
