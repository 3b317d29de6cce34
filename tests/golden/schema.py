#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""schema.py SCHEMA < DOCUMENT: prints what is wrong with the document; nothing when it is right."""
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as f:
    schema = json.load(f)
try:
    document = json.load(sys.stdin)
except ValueError as e:
    print("no JSON:", e)
    sys.exit(1)
wrong = list(jsonschema.Draft202012Validator(schema).iter_errors(document))
for e in wrong[:10]:
    print("/".join(map(str, e.absolute_path)) + ":", e.message[:200])
sys.exit(1 if wrong else 0)
