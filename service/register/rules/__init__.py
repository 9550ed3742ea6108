"""Rules of the domain as pure functions: plain values in, plain values out, no database, no clock."""
