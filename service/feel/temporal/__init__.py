"""Dates, times and durations (DMN 1.5 clauses 10.3.2.3.4 - 10.3.2.3.8).

The standard library's ``date``, ``time``, ``datetime`` and ``timedelta`` are used wherever they can hold the value;
years outside 1..9999 and fractions finer than a microsecond use the ``Wide...`` classes of ``values``. Every
operation goes through plain integers (days, nanoseconds), so both kinds mix freely.
"""
