"""The reference integration between CoMagic/UIS telephony and amoCRM: a functional core in an imperative shell.

`rules/` decides, everything else loads facts, carries decisions out and speaks HTTP. It imports nothing of the
stand and can be run alone: `python -m integration --port 8080 --data ./data`.
"""
