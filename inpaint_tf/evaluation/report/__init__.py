"""What people read of a test: tables, contact sheet, page. Imports the rest of evaluation."""
