"""From an entry to a release: cleaned, told apart from others, filed, linked with its story."""
