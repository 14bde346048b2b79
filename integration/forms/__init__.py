"""The imperative shell of site forms: loads the facts, asks the rules, carries out what they decide."""

from integration.forms.service import FormService

__all__ = ["FormService"]
