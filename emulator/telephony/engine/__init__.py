"""The call engine: sessions and legs are rows, terminals are told and tell, verbs come from people or scenarios.

calls       the face to the control plane: place a call, do a verb to it, look at it
engine      the engine's face: how calls begin, what people do, what terminals tell
openings    the ways in which calls begin
steps       one step: checked, stored, told
whom        whose line a verb is about
states      the states of a call and of its lines, and which verb is legal in which
step        what a step does to lines, talk and call
colleagues  hold, consultation, conference, transfer
outcomes    what comes of an answer, a number that was not taken, a hang-up, keys
options     talk options; preludes: messages and keys before a talk
records     sessions, legs and stretches of talk; store: their rows; views, ends, figures: what is shown of them
reasons     finish reasons
notices     events out
terminals   what is told; readiness: people who act by themselves
routing     the seam to scenarios
"""
