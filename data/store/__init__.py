"""The project folder: layers, streets, runs and drafts, each written whole or not at all."""
