"""The embedded PostgreSQL and Redis: real servers from wheels, kept below the data directory."""
