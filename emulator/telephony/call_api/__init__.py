"""The vendor's Call API v4.0 (facts §2): calls are begun and managed over JSON-RPC, `POST /v4.0`.

shapes     parameters that several methods share
starting   `start.*`: who is dialled, and who next
parties    numbers and employees that a request names
usage      which virtual number is shown
states     in which state of a call which method may be called
managing   hold, consultation, transfer, ending
inside     tags, recording, keys, talk options
listing    the calls that go on, the talk options there are
"""
