"""The chapters of the decision report and its long tables."""
