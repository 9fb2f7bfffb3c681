"""DuckDB, as this house uses it, and the macros that models and suites share."""
