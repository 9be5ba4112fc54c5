"""A new project from a talk as it came."""
