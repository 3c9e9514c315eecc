"""The campaign as people see it: map, day sheets, notices, calendars, navigation."""
