"""The service itself: its files, its description, its health, its doors and its jobs."""
