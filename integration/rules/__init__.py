"""The decisions of the integration: pure functions from facts to decisions, one module per group of rules.

No input or output, no clock, no framework, the standard library only. `modes` and `responsible` decide nothing by
themselves: the others ask them.
"""
