"""How siting models are solved: a good choice fast, a certified bound, exact proof of what is open."""
