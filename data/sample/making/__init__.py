"""How the sample city is made: real districts and populations, everything else invented."""
