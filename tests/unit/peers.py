"""A mail server (STARTTLS, login) on port 2525 and a calendar behind a token on port 8080, for tests/unit/checks.sh.

    peers.py FOLDER

FOLDER holds cert.pem and key.pem, password, token and calendar.ics. While there is a file `hang` in it the mail server
does not answer the end of a letter. What happened stands in FOLDER/heard, a line each:
`login good|bad`, `hangs MESSAGE-ID`, `letter MESSAGE-ID TO SUBJECT`, `calendar good|bad`.
"""

import base64
import email
import email.policy
import http.server
import pathlib
import socketserver
import ssl
import sys
import threading
import time

FOLDER = pathlib.Path(sys.argv[1])
HEARD = threading.Lock()


def hear(line):
    with HEARD, open(FOLDER / "heard", "a", encoding="utf-8") as heard:
        heard.write(line + "\n")


def secret(name):
    return (FOLDER / name).read_text(encoding="utf-8").strip()


class Mail(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")
        self.wfile.flush()

    def handle(self):
        self.encrypted = self.known = False
        self.say("220 peers ESMTP")
        while line := self.rfile.readline():
            words = line.decode().split()
            verb = words[0].upper() if words else ""
            if verb == "QUIT":
                return self.say("221 bye")
            getattr(self, "on_" + verb.lower(), self.unknown)(words)

    def unknown(self, _):
        self.say("250 fine")

    def on_ehlo(self, _):
        self.say("250-peers")
        self.say("250 AUTH PLAIN" if self.encrypted else "250 STARTTLS")

    def on_starttls(self, _):
        self.say("220 go ahead")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(FOLDER / "cert.pem", FOLDER / "key.pem")
        self.request = context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb")
        self.encrypted = True

    def on_auth(self, words):
        given = base64.b64decode(words[2]).decode().split("\0")[1:] if len(words) > 2 else []
        self.known = given == ["offwatch", secret("password")]
        hear("login good" if self.known else "login bad")
        self.say("235 welcome" if self.known else "535 no")

    def on_data(self, _):
        if not self.known:
            return self.say("530 who are you")
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        letter = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        if (FOLDER / "hang").exists():
            hear(f"hangs {letter['Message-ID']}")
            while (FOLDER / "hang").exists():
                time.sleep(0.1)
            return self.say("451 too late")
        hear(f"letter {letter['Message-ID']} {letter['To']} {letter['Subject']}")
        self.say("250 taken")


class Calendar(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        good = self.headers.get("Authorization") == "Bearer " + secret("token")
        hear("calendar good" if good else "calendar bad")
        body = (FOLDER / "calendar.ics").read_bytes() if good else b"no"
        self.send_response(200 if good else 401)
        self.send_header("Content-Type", "text/calendar" if good else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, *_):
        pass  # the daemon is killed in the middle of things: that is what is tested


if __name__ == "__main__":
    threading.Thread(target=Server(("127.0.0.1", 8080), Calendar).serve_forever, daemon=True).start()
    mail = Server(("127.0.0.1", 2525), Mail)
    hear("ready")
    mail.serve_forever()
