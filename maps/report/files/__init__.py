"""The files of the committee's folder, one module a kind."""
