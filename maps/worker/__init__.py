"""What a worker opens on the phone: map, nearest stations, a station's page, its sign."""
