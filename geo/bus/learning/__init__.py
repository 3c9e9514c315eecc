"""What really happened at the visits, and what it says about who comes."""
