"""What keeps the directory true: what passers-by report, and what keepers say of their station."""
