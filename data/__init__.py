"""What the layers are read from and kept in: readers, datum, streets on disk, the store, the sample."""
