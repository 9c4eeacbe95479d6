"""What the publisher's own people see."""
