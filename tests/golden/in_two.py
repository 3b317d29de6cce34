#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Writes FILE to standard output, a pipe, in two parts: the second when the reader has emptied the pipe."""
import fcntl
import struct
import sys
import termios
import time

cut, path = int(sys.argv[1]), sys.argv[2]
with open(path, "rb") as f:
    data = f.read()
out = open(1, "wb", buffering=0, closefd=False)
for part in (data[:cut], data[cut:]):
    while part:
        part = part[out.write(part):]
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        waiting = struct.unpack("i", fcntl.ioctl(out, termios.FIONREAD, b"\0" * 4))[0]
        if not waiting:
            break
        time.sleep(0.005)
    # Long enough for the reader to ask again, and find nothing.
    time.sleep(0.05)
