"""The demo: sample data, an identity provider and a mail server, all on loopback."""
