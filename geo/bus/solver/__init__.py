"""How a campaign is solved: services and duties, priced tours, a master problem, whole plans."""
