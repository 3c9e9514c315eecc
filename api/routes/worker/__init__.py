"""What workers ask: the nearest station, a station's page, places by name, what phones keep."""
