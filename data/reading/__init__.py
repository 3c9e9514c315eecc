"""A table read as a layer: columns planned, rows judged, differences told before they count."""
