"""One vehicle, one working time: the published orienteering problem, searched and proven."""
