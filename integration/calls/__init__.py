"""The imperative shell of calls: loads the facts a rule needs, asks the rule, logs the decision, carries it out."""

from integration.calls.service import CallService

__all__ = ["CallService"]
