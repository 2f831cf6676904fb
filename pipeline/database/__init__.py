"""Where people and deliveries are kept: SQLite in the publication's folder, or PostgreSQL."""

from pipeline.database.engine import Database, open_database

__all__ = ["Database", "open_database"]
