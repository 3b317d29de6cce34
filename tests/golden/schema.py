#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""schema.py SCHEMA [DOCUMENT...]: prints what is wrong with the documents (standard input when none is named)."""
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as f:
    schema = json.load(f)
validator = jsonschema.Draft202012Validator(schema)
failed = False
for name in sys.argv[2:] or [None]:
    label = name.rsplit("/", 1)[-1] + ": " if name else ""
    try:
        with open(name, encoding="utf-8") if name else sys.stdin as f:
            document = json.load(f)
    except ValueError as e:
        print(label + "no JSON:", e)
        failed = True
        continue
    for e in list(validator.iter_errors(document))[:10]:
        print(label + "/".join(map(str, e.absolute_path)) + ":", e.message[:200])
        failed = True
sys.exit(failed)
