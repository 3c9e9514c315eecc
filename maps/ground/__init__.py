"""What every map is drawn on: the base map, its look, its streets and how pages carry lines."""
