"""The world's land, packed: Natural Earth 1:10 million, public domain, via world-atlas 2.0.2."""
