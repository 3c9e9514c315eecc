"""The bus on paper."""
