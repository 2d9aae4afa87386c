"""The benchmark of the line: Tocsin beside `reader` and beside the obvious pipeline; see README.md."""
