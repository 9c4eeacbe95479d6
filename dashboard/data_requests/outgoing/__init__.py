"""What leaves: letters, papers, packages, files, messages."""
