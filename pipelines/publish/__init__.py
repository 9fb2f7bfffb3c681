"""What people receive: tables, workbooks, pages, sheets, maps, all of them from the public file."""
