"""A file for each command: flags become plain values here, and nowhere below. Imports anything."""
