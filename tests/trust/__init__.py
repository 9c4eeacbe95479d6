"""The promises of the portal, each tried with figures: `make trust` runs all of them whole, `make test` each of them small."""
