"""Where artifacts are kept; each package is one kind of store and knows no other."""
