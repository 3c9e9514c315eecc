"""Where the workers are: points, areas, cells and events as weighted places on the streets."""
