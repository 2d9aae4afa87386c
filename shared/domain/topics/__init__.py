"""Topics: the query language, the lexicon, the matcher and its index, and why a topic rang or did not."""
