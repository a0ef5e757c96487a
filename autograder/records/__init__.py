"""People, units, roles, completion rules and roll-ups, kept in PostgreSQL (schema ``hocvuso``)."""
