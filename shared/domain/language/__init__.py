"""Words in any language: how they are parted, folded and inflected, and what dates, places and names look like."""
