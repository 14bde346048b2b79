"""The notification service: the sockets of widgets in people's amoCRM pages, and what is pushed to them.

The protocol is the vendor's (facts/telephony-api.md 5.3); every frame from here has a `seq`, counted from 1 per socket.
"""
