"""The base map: what lies around the stations, read from an extract or from our own layers."""
