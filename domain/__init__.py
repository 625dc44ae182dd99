"""The rules of the process: values in, values out. No I/O, no clock, no dice, no SDK."""
