"""Bodies of the costs part of /api/v1, a module a subject; money is text."""
