"""The health bus behind its routes: when it comes, what happened, what changed."""
