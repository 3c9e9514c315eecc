"""The health bus behind its routes: when it comes, what changed, what did not take place."""
