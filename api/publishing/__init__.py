"""What is published: one edition of a project, read anew when it changes."""
