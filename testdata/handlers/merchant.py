"""A merchant's handler of notifications: python3 merchant.py ANTOM_PUBLIC_KEY.pem

It prints its port, and then a line for each delivery. Signatures are verified
by openssl. The first seven of PAYMENT_RESULT are acknowledged wrongly, each in
another way; all others rightly.
"""

import base64
import json
import subprocess
import sys
import tempfile
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RIGHT = b'{"result":{"resultCode":"SUCCESS","resultMessage":"success.","resultStatus":"S"}}'
WRONG = [
    (500, RIGHT),
    (200, b"<html><body>OK</body></html>"),
    (200, RIGHT.replace(b'"S"', b'"F"')),
    (200, RIGHT.replace(b"SUCCESS", b"success")),
    (200, b""),
    (302, RIGHT),
    (200, b'{"resultCode":"SUCCESS","resultStatus":"S"}'),
]

wrong = list(WRONG)


def verified(public_key, content, header):
    parts = dict(part.split("=", 1) for part in header.split(","))
    with tempfile.NamedTemporaryFile() as signature:
        signature.write(base64.b64decode(urllib.parse.unquote(parts["signature"])))
        signature.flush()
        command = ["openssl", "dgst", "-sha256", "-verify", public_key, "-signature", signature.name]
        return subprocess.run(command, input=content, stdout=subprocess.DEVNULL).returncode == 0


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        path, _, _ = self.path.partition("?")  # what is signed of the address
        content = f"POST {path}\n{self.headers['client-id']}.{self.headers['request-time']}.".encode() + body
        if not verified(sys.argv[1], content, self.headers["signature"]):
            print("forged", flush=True)
            self.answer(403, b"")
            return
        kind = json.loads(body)["notifyType"]
        if kind == "PAYMENT_RESULT" and wrong:
            status, text = wrong.pop(0)
            print("refused", kind, flush=True)
            self.answer(status, text)
            return
        print("accepted", kind, flush=True)
        self.answer(200, RIGHT)

    def answer(self, status, text):
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/login")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
