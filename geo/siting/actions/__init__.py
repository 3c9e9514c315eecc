"""Every kind of action for one budget: new sites, longer hours, amenities, room and moves."""
