"""What visitors and requesters see."""
