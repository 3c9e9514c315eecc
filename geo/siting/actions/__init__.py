"""Beyond building: longer hours, amenities, room and moves chosen with new sites by one budget."""
