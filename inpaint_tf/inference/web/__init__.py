"""A page of this machine on which a hole is drawn over a photo and filled.

No other program than Python's own server is needed, and the page loads nothing from elsewhere.
"""
