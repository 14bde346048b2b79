"""Scenarios of the virtual PBX: what becomes of a call that nobody drives (facts §4, rules PM-01..PM-20).

kinds/      what each kind of operation does
reading     a scenario's JSON, checked
editor      scenarios as rows: stored, read, deleted
run         one call in one operation, during one step
runner      leads calls: the routing of the engine
requests    questions to the integration and to other servers
details     the way of a call, for people
"""
