"""Places that bills come from: what each offers, and its bytes."""
