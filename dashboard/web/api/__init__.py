"""The read API for schools' own systems, mounted at /api/v1."""
