"""What every app stands on: errors, money, time, tenancy, engines."""
