"""What every request and answer has in common: language, problems, headers, links."""
