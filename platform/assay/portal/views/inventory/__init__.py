"""What is held in clouds, and how it was looked for."""
