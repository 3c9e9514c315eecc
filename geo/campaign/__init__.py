"""The health bus over days: stops, visits, routes, day sheets and replans."""
