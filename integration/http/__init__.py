"""The HTTP surface: `/_sut` for the stand (contract §2), `/telephony` for the telephony (contract §3)."""
