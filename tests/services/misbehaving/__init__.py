"""A misbehaving web on loopback: servers that tests name by their fault."""
