"""Reading the film tables people have: any file to rows, any row to a film or a reason why not. Touches no database."""
