"""What both fakes share: clock, timers, work and settle, ids, journal, faults, the event sender, errors."""
