"""What a campaign is given: rules, buses, shifts, stops, traffic, and the campaign made of them."""
