"""Excel files for people to fill in or to mend: templates, rows refused, places to look at."""
