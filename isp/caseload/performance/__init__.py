"""What an authority asks of its own work: each question one grouped query, a chart, a table, a CSV."""
