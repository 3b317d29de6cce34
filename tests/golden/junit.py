#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
junit.py < FILE: is it JUnit XML as CI systems read it? Prints what is wrong; nothing when it is right.

What Ant's schema asks for (https://github.com/windyroad/JUnit-Schema) and the one of Jenkins' xUnit plugin allows.
"""
import re
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
need(not root.attrib, "attributes of <testsuites>, which Ant does not know")
for suite in root:
    need(suite.tag == "testsuite", f"<{suite.tag}> in <testsuites>")
    attributes(suite, "name", "package", "id", "hostname", "tests", "failures", "errors", "skipped", "time")
    need(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp", "")), "no timestamp, or with a time zone")
    tags = [e.tag for e in suite]
    need(tags[:1] == ["properties"] and tags[-2:] == ["system-out", "system-err"], "the suite's parts, or their order")
    for p in suite[0]:
        need(p.tag == "property", f"<{p.tag}> in <properties>")
        attributes(p, "name", "value")
    cases = list(suite)[1:-2]
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
