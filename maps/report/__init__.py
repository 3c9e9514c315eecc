"""The decision report: the figures of a run as a document a committee can adopt."""
