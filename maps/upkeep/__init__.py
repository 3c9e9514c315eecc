"""Pages that keep the directory true: what was reported, and a keeper's own page."""
