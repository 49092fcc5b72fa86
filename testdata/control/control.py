"""Sets up a sandbox and looks at its books, with nothing but Python's own library.

python3 control.py READY-FILE, of apo sandbox --ready-file
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

with open(sys.argv[1], encoding="utf-8") as f:
    ready = json.load(f)


def apo(method, path, body=None):
    """Asks the sandbox, and returns what it says."""
    request = urllib.request.Request(
        ready["gateway"] + "/_apo" + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + ready["token"]},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


apo("POST", "/reset")
kept = apo("POST", "/snapshot")["id"]

# The second capture of each test fails; what is due in a day happens now.
rule = apo("POST", "/rules", {"api": "capture", "nth": 2, "result": "PROCESS_FAIL"})
clock = apo("POST", "/clock/advance", {"by": "26h"})
assert clock["delivered"], clock
assert [r["id"] for r in apo("GET", "/rules")] == [rule["id"]]
assert apo("GET", "/payments?" + urllib.parse.urlencode({"q": "demo-0001"})) == []

try:
    apo("POST", "/rules", {"api": "capture", "resolt": "PROCESS_FAIL"})
    raise SystemExit("a rule with a slip was taken")
except urllib.error.HTTPError as e:
    assert e.code == 400 and "resolt" in json.load(e)["error"]["message"]

# The next test begins where this one did.
apo("POST", "/restore", {"id": kept})
assert apo("GET", "/rules") == [] and not apo("GET", "/clock")["moved"]
print("controlled")
