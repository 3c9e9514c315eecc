"""Files of every kind as one table of text: sheets, delimited text, maps and archives of them."""
