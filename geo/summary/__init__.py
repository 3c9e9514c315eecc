"""The figures of a run, typed: one model for pages, sheets, commands and the API."""
