"""The checks: rules written as suites, and Great Expectations, which runs them inside DuckDB."""
