"""Layers as OGC API - Features and as vector tiles."""
