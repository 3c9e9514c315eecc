"""The ``yizhan`` command line."""
