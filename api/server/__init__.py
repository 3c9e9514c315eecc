"""The HTTP server: who is let in, how long a request may take to arrive, what the log keeps."""
