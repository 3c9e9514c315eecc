"""The thinking: layers, streets, reach, coverage, siting, campaigns. No disk, network or HTML."""
