"""What the layers are read from and kept in: readers, datum, streets, the store, the sample."""
