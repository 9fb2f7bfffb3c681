"""One edition: what it is made of, its marts, their checks, and how it takes its place."""
