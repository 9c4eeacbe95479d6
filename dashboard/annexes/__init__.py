"""Which papers apply to which school: products, documents, versions, licences, downloads."""
