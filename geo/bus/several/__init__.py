"""Several campaigns on one fleet: beside, after and together with one another, or on one visit."""
