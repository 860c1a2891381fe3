#!/usr/bin/env python3
"""The forms of `migrator check` for CI systems, as those read them: SARIF by its own schema, JUnit by
an XML parser, GitLab's by the fields that it asks for, GitHub's by its commands. Several at once.

    check_formats_test.py MIGRATOR
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings
import xml.etree.ElementTree

warnings.simplefilter("ignore", DeprecationWarning)
import jsonschema  # noqa: E402

FORMATS = ["text", "json", "sarif", "junit", "github", "gitlab"]

FILES = {
    b"1_users.sql": "create table users (id bigint primary key, email varchar(100), age int);\n",
    # Names and texts that have to be escaped somewhere.
    "2_a b&<c>\"d'é%,:#.sql".encode(): (
        "alter table users add constraint \"é<&>\" check (age > 0 and email <> '%0A::error::');\n"
        "drop table users; drop table users;\n"
        "-- migrator: allow drop-view nobody\nselect 1;\n"
    ),
    b"3_no_utf8_\xff.sql": "drop table if exists gone;\n",
}


def expect(holds, what):
    if not holds:
        sys.exit(f"check_formats_test: {what}")


def run_check(migrator, folder, *words):
    outputs = [word for name in FORMATS for word in ("--output", f"{name}=out.{name}")]
    done = subprocess.run(
        [migrator, "check", "--files", *words, *outputs],
        cwd=folder, env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        stdin=subprocess.DEVNULL, capture_output=True, check=False)
    expect(not done.stderr, done.stderr)
    return done.returncode, {name: (folder / f"out.{name}").read_bytes() for name in FORMATS}


def hold_sarif(text, findings):
    schema_file = pathlib.Path(__file__).parent.parent / "schemas" / "sarif-2.1.0-rtm.5.json"
    document = json.loads(text)
    jsonschema.Draft4Validator(json.loads(schema_file.read_text())).validate(document)
    (run,) = document["runs"]
    expect(len(run["results"]) == len(findings), "SARIF has another number of results")
    known = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    for result, finding in zip(run["results"], findings):
        expect(result["ruleId"] == finding["id"] and result["ruleId"] in known, result["ruleId"])
        (location,) = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        expect(re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri), f"{uri} is no URI")


def hold_junit(text, findings):
    root = xml.etree.ElementTree.fromstring(text)
    bad = [finding for finding in findings if finding["severity"] != "note"]
    expect(root.tag == "testsuites" and len(root) == 1 and root[0].tag == "testsuite", "JUnit")
    suite = root[0]
    for element in (root, suite):
        expect(int(element.get("failures")) == len(bad), "JUnit's failures are miscounted")
        expect(int(element.get("tests")) == len(suite), "JUnit's tests are miscounted")
    expect(len(suite) == max(len(bad), 1), "JUnit has no case for each finding")
    for case in suite:
        expect(case.tag == "testcase" and case.get("classname") and case.get("name"), "a JUnit case")
    for case, finding in zip(suite, bad):
        (failure,) = case
        expect(failure.tag == "failure" and failure.get("type") == finding["severity"], "a failure")
        expect(failure.get("message") == finding["message"], failure.get("message"))


def hold_gitlab(text, findings):
    issues = json.loads(text)
    expect(len(issues) == len(findings), "GitLab has another number of issues")
    prints = [issue["fingerprint"] for issue in issues]
    expect(len(set(prints)) == len(prints), "two of GitLab's fingerprints are the same")
    for issue in issues:
        expect(issue["description"] and issue["check_name"], issue)
        expect(issue["severity"] in ("info", "minor", "major", "critical", "blocker"), issue)
        expect(issue["location"]["path"] and issue["location"]["lines"]["begin"] >= 1, issue)


def hold_github(text, findings):
    lines = text.decode(errors="replace").splitlines()
    expect(len(lines) == len(findings), "GitHub has another number of commands")
    for line in lines:
        expect(re.fullmatch(r"::(error|warning|notice) file=[^,:]+,line=\d+(,col=\d+)?,title=[^,:]+::.+",
                            line), line)


def hold_all(outputs, findings):
    hold_sarif(outputs["sarif"], findings)
    hold_junit(outputs["junit"], findings)
    hold_gitlab(outputs["gitlab"], findings)
    hold_github(outputs["github"], findings)


def main():
    migrator = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "migrations").mkdir()
        code, outputs = run_check(migrator, folder)
        hold_all(outputs, json.loads(outputs["json"])["findings"])
        for file, text in FILES.items():
            path = bytes(folder / "migrations") + b"/" + file
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
        code, outputs = run_check(migrator, folder)
        findings = json.loads(outputs["json"])["findings"]
        expect(code == 1, "findings and no exit code 1")
        expect({"name-not-utf8"} & {finding["id"] for finding in findings}, findings)
        hold_all(outputs, findings)
        # Without the file that stops the rules.
        os.remove(bytes(folder / "migrations") + b"/3_no_utf8_\xff.sql")
        code, outputs = run_check(migrator, folder)
        findings = json.loads(outputs["json"])["findings"]
        ids = [finding["id"] for finding in findings]
        expect(ids.count("drop-table") == 2 and "unused-allow" in ids, ids)
        expect("add-check-constraint" in ids and "data-dependent-change" in ids, ids)
        hold_all(outputs, findings)


if __name__ == "__main__":
    main()
