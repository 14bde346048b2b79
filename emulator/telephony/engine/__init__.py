"""The call engine: sessions and legs are rows, terminals are told and tell, verbs come from people or scenarios."""
