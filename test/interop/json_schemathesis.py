"""Schemathesis makes requests out of the description of the JSON API, good and bad ones, for a minute, against a running node with something in it. Fails
on a 5xx, and on a status, media type or reply that the description does not tell of."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

COMITY = os.environ["COMITY"]
NOW = "2015-10-02T08:00:00Z"
scratch = tempfile.mkdtemp()
program = os.path.join(os.path.dirname(sys.executable), "schemathesis")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method"
node = None


def at(home, *words):
    return subprocess.run([COMITY, "--home", os.path.join(scratch, home), "--clock", NOW, *words], check=True, capture_output=True, text=True).stdout


def campaign(n):
    return json.dumps({"type": "campaign", "spec_version": "2.1", "id": f"campaign--00000000-0000-4000-8000-{n:012d}",
                       "created": "2015-09-01T00:00:00.000Z", "modified": "2015-09-01T00:00:00.000Z", "name": f"number {n}"})


try:
    subprocess.run([COMITY, "trial", scratch, "irq", "rus", "--clock", "2015-10-01", "--first", "2015-10-01"], check=True, stdout=subprocess.DEVNULL)
    with open(f"{scratch}/some", "w") as f:
        f.write("\n".join(campaign(n) for n in range(1, 30)) + '\n{"type":"no"}\n')
    subprocess.run([COMITY, "--home", f"{scratch}/irq", "--clock", NOW, "add", f"{scratch}/some", "--mark", "(//IRQ R//REL TO IRQ, RUS)"], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    at("irq", "release", "campaign--00000000-0000-4000-8000-000000000001", "--to", "rus", "--yes")
    roles = [w for r in ("analyst", "officer", "representative", "administrator") for w in ("--role", r)]
    at("irq", "account", "add", "nour", *roles, "--cleared", "all", "--no-password")
    scopes = [w for s in ("read", "write", "release", "govern", "admin") for w in ("--scope", s)]
    token = at("irq", "token", "add", "nour", "--name", "tries", *scopes, "--quiet").strip()
    log = open(f"{scratch}/log", "w")
    node = subprocess.Popen([COMITY, "serve", "-C", f"{scratch}/irq", "--clock", NOW, "--web", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=log, text=True)
    url = None
    for line in node.stdout:
        found = re.search(r"answered at (http://\S+)", line)
        url = found[1] if found else url
        if "the node runs" in line:
            break
    def tries(where, seconds, *more):
        """A stream has no end, and who revokes the token that asks ends the test."""
        return subprocess.run([program, "run", where, "--url", url, "-H", f"Authorization: Bearer {token}", "--checks", CHECKS, "--max-time", str(seconds),
                               "--exclude-path", "/api/v1/events", "--exclude-path", "/api/v1/tokens/{no}", "--request-timeout", "10", "--continue-on-failure",
                               "--generation-deterministic", "--no-color", "--warnings", "off", *more], capture_output=True, text=True, timeout=300, cwd=scratch)

    # a description with a fault is found out: what the test is worth
    api = json.loads(subprocess.run([COMITY, "help", "--openapi"], check=True, capture_output=True, text=True).stdout)
    one = "/api/v1/objects/{id}"
    faults = (("Undocumented status code", one, lambda r: r.pop("400")),
              ("Undocumented", "/api/v1/status", lambda r: r["200"].update(content={"text/html": {}})),
              ("violates", "/api/v1/status", lambda r: r["200"]["content"].update({"application/json": {"schema": {"type": "array"}}})))
    for what, path, fault in faults:
        other = json.loads(json.dumps(api))
        fault(other["paths"][path]["get"]["responses"])
        with open(f"{scratch}/other.json", "w") as f:
            json.dump(other, f)
        said = tries(f"{scratch}/other.json", 5, "--phases", "coverage,fuzzing", "--include-path", path)
        if what not in said.stdout:
            sys.exit(f"{what}: that fault of a description is not found: {said.stdout[-3000:]} {said.stderr[-500:]}")
    tried = tries(url + "/api/v1/openapi.json", 60, "--phases", "coverage,fuzzing")
    with open(os.environ.get("SCHEMATHESIS_LOG", f"{scratch}/said"), "w") as f:
        f.write(tried.stdout + tried.stderr)
    if tried.returncode:
        sys.exit("\n".join((tried.stdout + tried.stderr).splitlines()[-120:]))
    if node.poll() is not None:
        sys.exit("the node ended")
    print("# " + " ".join(l.strip() for l in tried.stdout.splitlines() if "generated" in l or "passed" in l)[-200:])
finally:
    if node:
        node.terminate()
        node.wait(timeout=20)
    shutil.rmtree(scratch, ignore_errors=True)
