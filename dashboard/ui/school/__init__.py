"""What schools see."""
