"""Layers in and out: collections, tiles, the base map, imports, rows edited by hand."""
