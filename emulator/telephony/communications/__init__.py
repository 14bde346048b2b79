"""Communications: calls and site forms under one counter, with their persons, tags and deals."""
