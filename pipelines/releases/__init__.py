"""The life of a release: drafted, looked at, approved, signed; then immutable."""
