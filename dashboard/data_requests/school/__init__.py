"""What a school does with a request that was handed to it."""
