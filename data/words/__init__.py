"""What one header or one cell of a file says, and what to do where it does not say it."""
