"""Draft plans as the service answers them: figures, differences, publishing."""
