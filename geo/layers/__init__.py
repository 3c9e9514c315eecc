"""What the layers are: the vocabulary and the columns of every table."""
