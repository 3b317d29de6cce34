#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""junit.py < FILE: is it JUnit XML as CI systems read it? Prints what is wrong; nothing when it is right."""
import sys
import xml.etree.ElementTree as ET

wrong = []


def need(condition, what):
    if not condition:
        wrong.append(what)


def attributes(element, *names):
    for name in names:
        need(name in element.attrib, f"<{element.tag}> without {name}")


try:
    root = ET.fromstring(sys.stdin.buffer.read())
except ET.ParseError as e:
    print("no XML:", e)
    sys.exit(1)
need(root.tag == "testsuites", f"the root is <{root.tag}>")
for suite in root:
    need(suite.tag == "testsuite", f"<{suite.tag}> in <testsuites>")
    attributes(suite, "name", "tests", "failures", "errors", "skipped", "time")
    cases = list(suite)
    for case in cases:
        need(case.tag == "testcase", f"<{case.tag}> in <testsuite>")
        attributes(case, "classname", "name", "time")
        need(len(case) <= 1, "a test case with two results")
        for result in case:
            need(result.tag in ("failure", "error", "skipped"), f"<{result.tag}> in <testcase>")
            attributes(result, "message")
            if result.tag == "failure":
                attributes(result, "type")
    count = {tag: sum(1 for c in cases for r in c if r.tag == tag) for tag in ("failure", "error", "skipped")}
    need(int(suite.get("tests", -1)) == len(cases), "tests does not agree")
    need(int(suite.get("failures", -1)) == count["failure"], "failures does not agree")
    need(int(suite.get("errors", -1)) == count["error"], "errors does not agree")
    need(int(suite.get("skipped", -1)) == count["skipped"], "skipped does not agree")
    names = [(c.get("classname"), c.get("name")) for c in cases]
    need(len(names) == len(set(names)), "two test cases of one name")
print("\n".join(wrong), end="\n" if wrong else "")
sys.exit(1 if wrong else 0)
