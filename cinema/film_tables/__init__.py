"""Reading of film tables in many formats: a file to rows, and a row to a film or an error. No database access."""
