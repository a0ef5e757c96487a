"""The one PostgreSQL database: where it runs, its schemas, the tables of schema ``hocvuso``."""
