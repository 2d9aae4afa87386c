"""What the web sends and asks: addresses, answers, waits, robots.txt, and the walls that stand before a page."""
