"""What people type into the portal."""
