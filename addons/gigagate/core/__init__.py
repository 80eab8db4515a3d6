"""What both sides of the translation share.  Pure."""
