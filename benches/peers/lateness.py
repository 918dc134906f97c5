"""How late the daemon hands letters to a mail server: the time at which the server has each, less the moment it was due.

    lateness.py OFFWATCH [LETTERS]

Makes a team in a folder of its own: each engineer is at work round the clock, goes on leave at a moment of their own and
owns an account with a task in that leave. One hour of working time before the leave, which for the first is a minute from
now and for each of the others 1.3 seconds later, the daemon writes to them. The mail server is tests/peers/smtpd.py; the
file that it writes before it answers a letter tells the time. Needs aiosmtpd.
"""

import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import time

SMTPD = pathlib.Path(__file__).parents[2] / "tests/peers/smtpd.py"
HOUR = 3600


def event(uid, start, end, title):
    stamp = lambda at: datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    return f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:{stamp(start)}\r\nDTEND:{stamp(end)}\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n"


def calendar(events):
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(events)}END:VCALENDAR\r\n"


def world(folder, port, moments):
    days = 'mon-sun = "00:00-24:00"'
    text = f"""
[service]
admin = "ops@example.com"
state = "sqlite:state/offwatch.db"
[mail]
from = "offwatch@example.com"
send = "smtp"
host = "127.0.0.1"
port = {port}
tls = "none"
[schedule]
coverage = ""
settle = "0m"
[briefing]
leads = ["1 working hour"]
last_resort = "oncall@example.com"
[leave]
before = ""
[hours]
{days}
[[feed]]
name = "tasks"
path = "tasks.ics"
reads = ["tasks"]
"""
    tasks = []
    for number, moment in enumerate(moments):
        text += f"""
[[feed]]
name = "c{number}"
path = "c{number}.ics"
reads = ["absences"]
[[engineer]]
id = "e{number}"
email = "e{number}@example.com"
feeds = ["c{number}"]
[[account]]
id = "a{number}"
engineers = ["e{number}"]
"""
        leave = moment + HOUR
        tasks.append(event(f"t{number}", leave + HOUR, leave + 2 * HOUR, f"[a{number}] Upgrade"))
        (folder / f"c{number}.ics").write_text(calendar([event("leave", leave, leave + 10 * HOUR, "Vacation")]))
    (folder / "tasks.ics").write_text(calendar(tasks))
    (folder / "offwatch.toml").write_text(text)


def arrivals(mail):
    for facts in mail.glob("*.json"):
        yield json.loads(facts.read_text())["to"][0], facts.stat().st_mtime


def main():
    offwatch, letters = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 50
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        mail = folder / "mail"
        mail.mkdir()
        smtpd = subprocess.Popen([sys.executable, SMTPD, "--folder", mail], stdout=subprocess.PIPE, text=True)
        port = int(smtpd.stdout.readline())
        first = int(time.time()) + 60
        # Calendars know whole seconds only.
        moments = [first + int(number * 1.3) for number in range(letters)]
        world(folder, port, moments)
        daemon = subprocess.Popen([offwatch, "--config", folder / "offwatch.toml", "run"], stderr=subprocess.DEVNULL)
        try:
            time.sleep(max(moments) + 5 - time.time())
        finally:
            daemon.terminate()
            daemon.wait()
            smtpd.terminate()
        due = {f"e{number}@example.com": moment for number, moment in enumerate(moments)}
        late = sorted(at - due[to] for to, at in arrivals(mail) if to in due)
    print(f"{len(late)} of {letters} letters: median {late[len(late) // 2]:.3f} s, latest {late[-1]:.3f} s, first {late[0]:.3f} s")


if __name__ == "__main__":
    main()
