"""Tables for people and programs: CSV for offices, JSON for machines."""
