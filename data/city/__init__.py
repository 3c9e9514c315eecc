"""A real city from public data: what an extract says of districts, hosts, stops and workplaces."""
