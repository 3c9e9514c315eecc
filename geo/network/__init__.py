"""Streets as graphs: raw segments, what each mode may use, and the compiled network."""
