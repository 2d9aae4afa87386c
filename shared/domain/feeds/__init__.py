"""Feed documents and listing pages as entries, whichever format they come in."""
