"""Raw events (orders, GPS pings) in, as cells with workers: nobody can be told from another."""
