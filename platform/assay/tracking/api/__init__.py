"""How tracking is spoken to: our own API, and the protocols of other clients."""
