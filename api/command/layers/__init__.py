"""Commands that make a project and bring layers into it."""
