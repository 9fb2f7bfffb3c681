"""What a cell of a file says: how people write numbers, dates and what is missing, and what a workbook hides."""
