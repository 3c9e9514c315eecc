"""Plans of the bus: made, opened on the board, changed, published, learned from."""
