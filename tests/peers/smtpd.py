"""A mail server to test against: takes letters and writes each accepted one into a folder as `0001.eml`, ...

    smtpd.py --folder DIR [--starttls] [--implicit] [--user U --password P [--only MECHANISM]] [--port N] [--slow SECONDS]

Prints its port as the first line. With TLS it makes itself a certificate for `localhost` and 127.0.0.1 with the
`openssl` command; the CA that signed it is in DIR/ca.pem. Envelope sender and recipients stand in DIR/0001.json, ...
It refuses recipients whose local part is `nobody` (550) and defers those named `later` (451); with --slow it thinks about
each letter for so long, after it wrote the JSON and before it keeps the letter. Ends when it is killed or its parent
has ended. Needs aiosmtpd.
"""

import argparse
import asyncio
import json
import os
import pathlib
import ssl
import subprocess
import tempfile
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Folder:
    """Writes what it is given into a folder."""

    def __init__(self, folder, implicit, slow):
        self.folder = folder
        self.implicit = implicit
        self.slow = slow
        # A server that starts again on the same folder goes on counting.
        self.count = len(list(folder.glob("*.json")))

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.partition("@")[0]
        if local == "nobody":
            return "550 5.1.1 no such user here"
        if local == "later":
            return "451 4.3.0 come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        name = f"{self.count:04}"
        facts = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": self.implicit or session.ssl is not None,
            "login": session.authenticated,
        }
        (self.folder / f"{name}.json").write_text(json.dumps(facts))
        await asyncio.sleep(self.slow)
        unfinished = self.folder / f".{name}.part"
        unfinished.write_bytes(envelope.original_content)
        unfinished.rename(self.folder / f"{name}.eml")
        return f"250 2.0.0 kept as {name}"


def certificate(folder):
    """A server context whose certificate is signed by a CA made for this run."""

    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, cwd=keys, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    with tempfile.TemporaryDirectory() as keys:
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        openssl("req", "-x509", *curve, "-days", "7", "-subj", "/CN=test CA", "-keyout", "ca.key", "-out", "ca.pem",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
        openssl("req", *curve, "-subj", "/CN=localhost", "-keyout", "own.key", "-out", "own.csr")
        pathlib.Path(keys, "names").write_text(
            "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n")
        openssl("x509", "-req", "-in", "own.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "7",
                "-extfile", "names", "-out", "own.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(keys, "own.pem"), os.path.join(keys, "own.key"))
        (folder / "ca.pem").write_bytes(pathlib.Path(keys, "ca.pem").read_bytes())
    return context


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    parser.add_argument("--starttls", action="store_true")
    parser.add_argument("--implicit", action="store_true")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--only", choices=["LOGIN", "PLAIN"])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--slow", type=float, default=0)
    options = parser.parse_args()
    parent = os.getppid()
    options.folder.mkdir(parents=True, exist_ok=True)

    settings = {}
    if options.starttls or options.implicit:
        context = certificate(options.folder)
        if options.implicit:
            settings["ssl_context"] = context
        else:
            settings |= {"tls_context": context, "require_starttls": True}
    if options.user:

        def login(server, session, envelope, mechanism, data):
            right = (options.user.encode(), (options.password or "").encode())
            return AuthResult(success=(data.login, data.password) == right, handled=False)

        others = {"LOGIN", "PLAIN"} - {options.only} if options.only else set()
        settings |= {"auth_exclude_mechanism": sorted(others)}
        settings |= {"authenticator": login, "auth_required": True, "auth_require_tls": options.starttls}

    class Server(Controller):
        """Finds a free port when none is given."""

        def _trigger_server(self):
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()

    server = Server(Folder(options.folder, options.implicit, options.slow), hostname="127.0.0.1", port=options.port, **settings)
    server.start()
    print(server.port, flush=True)
    while os.getppid() == parent:
        time.sleep(0.2)
    server.stop()


if __name__ == "__main__":
    main()
