"""The ASGI side: our own routes, middleware, sign-in and the tuned server."""
