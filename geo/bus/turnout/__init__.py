"""What the crews' records say about who comes."""
