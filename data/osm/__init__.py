"""What an OpenStreetMap extract holds besides streets."""
