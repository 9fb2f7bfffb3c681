"""What people receive: tables, dictionary, pages, in an immutable release."""
