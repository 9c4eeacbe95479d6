"""The case: a request under the GDPR from submission to answer."""
