"""results.xlsx, sheet by sheet."""
