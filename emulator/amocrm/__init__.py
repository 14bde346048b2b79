"""The fake amoCRM: accounts, their state and API v4. State knows no HTTP; `api/` holds one module per resource."""
