"""What the methods of the Data API are made of; the Call API's are made of the same."""

from emulator.telephony.answer import Answer, Method, Methods, Params

__all__ = ["Answer", "Method", "Methods", "Params"]
