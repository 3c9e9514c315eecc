"""Streets in and out: OSM extracts, downloads by place name, and the compiled folder."""
