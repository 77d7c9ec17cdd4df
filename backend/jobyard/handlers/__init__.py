"""What jobs do: one file per kind."""
