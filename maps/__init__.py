"""Everything a person looks at: maps, pages, sheets and posters."""
