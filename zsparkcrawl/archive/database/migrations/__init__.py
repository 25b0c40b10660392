"""How the tables came to be what they are: Alembic, run when an archive is opened for writing."""
