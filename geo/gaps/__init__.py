"""Who is not served: clusters on the streets, each with its cause, its cure and its reading."""
