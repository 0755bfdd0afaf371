"""How figures read, which views a URL describes, what the navigation holds."""
