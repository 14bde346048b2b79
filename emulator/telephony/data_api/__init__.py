"""The vendor's Data API v2.0: JSON-RPC over `POST /v2.0` (facts §1)."""
