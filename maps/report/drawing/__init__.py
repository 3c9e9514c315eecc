"""What is drawn for paper: maps, charts, strips."""
