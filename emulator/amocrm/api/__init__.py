"""HTTP of API v4: one module per resource. A handler parses, lets the state act, and formats."""
