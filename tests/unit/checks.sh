#!/usr/bin/env bash
# What the unit promises, check by check, each printed with its seconds and, if it fails, with what it saw. Started by
# run.sh:  checks.sh ROOT PROGRAM SCRATCH.  Ends with 1 when a check failed, and with 75 when the machine does not boot.
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
house=$(cd "$here/../.." && pwd)
root=$1 program=$2 scratch=$3
# shellcheck source=tests/unit/machine.sh
source "$here/machine.sh"
# shellcheck source=tests/unit/service.sh
source "$here/service.sh"

STATE=/var/lib/private/offwatch
OVERRIDES=/etc/systemd/system/offwatch.service.d
# No check may say these in the journal, in files or in an environment.
PASSWORD=canary-of-the-password
TOKEN=canary-of-the-token

peers=
checking=
failed=0

finish() {
    local status=$?
    trap '' INT TERM
    [[ -z $checking ]] || kill "$checking" 2>/dev/null || true
    [[ -z $peers ]] || kill "$peers" 2>/dev/null || true
    halt
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# check SENTENCE FUNCTION: runs one check by itself; its first command that fails ends it.
check() {
    local began status=0
    began=$(date +%s%3N)
    (
        set -x
        "$2"
    ) >"$scratch/said" 2>&1 &
    checking=$!
    wait "$checking" || status=$?
    checking=
    printf '%s  %s (%d ms)\n' "$( ((status)) && echo FAILED || echo ok)" "$1" "$(($(date +%s%3N) - began))"
    if ((status)); then
        failed=1
        tail -n 25 "$scratch/said"
        echo "--- the service and its journal:"
        inside systemctl status --no-pager --full --lines=25 offwatch || true
    fi
}

# --- The checks, in the order in which they build upon each other.

installs() {
    put 0755 /usr/bin/offwatch <"$program"
    put 0644 /etc/systemd/system/offwatch.service <"$house/systemd/offwatch.service"
    inside install -d -m 0755 /etc/offwatch "$OVERRIDES"
    # Any Debian has it, but this one was not installed by an installer.
    put 0644 /etc/hosts <<<"127.0.0.1 localhost"
    configure folder.toml
    tasks 1 | put 0644 /etc/offwatch/tasks.ics
    inside offwatch check --config /etc/offwatch/offwatch.toml
    inside systemctl daemon-reload
    same "$(inside sh -c 'systemd-analyze verify --man=no offwatch.service 2>&1')" ""
}

starts() {
    inside systemctl enable --now offwatch
    is ActiveState active
    is SubState running
    # Systemd called it started only when the first turn was over.
    same "$(journal | grep -oE 'queued: escalation|^Started' | head -n 1)" "queued: escalation"
    patiently 30 says 'ready: 1 feeds, 0 failing' 1
    patiently 30 has_status '1 feeds, 0 failing; next turn '
}

has_status() {
    [[ $(show StatusText) == "$1"* ]]
}

sends() {
    patiently 30 has_letters 1
    inside sh -c "grep -h '^To: \|^Subject: ' $STATE/outbox/*.eml" | tr -d '\r' >"$scratch/letter"
    grep -x 'To: manager@example.com' "$scratch/letter"
    grep 'ACME' "$scratch/letter"
}

keeps_to_itself() {
    local owner
    owner=$(show MainPID | xargs -I{} stat --format=%u "/proc/$leader/root/proc/{}")
    # A user made for the time it runs, whom no file on disk can belong to otherwise.
    ((owner >= 61184 && owner <= 65519))
    same "$(inside readlink /var/lib/offwatch)" private/offwatch
    same "$(inside find "$STATE" -type d -printf '%m %U %P\n' | sort)" "$(printf '700 %s %s\n' "$owner" '' "$owner" outbox "$owner" state)"
    inside find "$STATE" -type f -printf '%m %U %P\n' | sort
    same "$(inside find "$STATE" -type f -not \( -perm 0600 -uid "$owner" \))" ""
    inside find "$STATE/state" -name offwatch.db | grep .
}

has_no_privileges() {
    same "$(status_of CapEff)" 0000000000000000
    same "$(status_of CapPrm)" 0000000000000000
    same "$(status_of CapBnd)" 0000000000000000
    same "$(status_of CapAmb)" 0000000000000000
    same "$(status_of NoNewPrivs)" 1
    same "$(status_of Seccomp)" 2
    same "$(status_of Uid | tr '\t' '\n' | sort -u | wc -l)" 1
    # A crash leaves no picture of its secrets.
    same "$(show LimitCORE) $(show LimitCORESoft)" "0 0"
    # It has a user namespace, a /dev and mounts of its own.
    local pid kind
    pid=$(show MainPID)
    for kind in user mnt ipc; do
        [[ $(inside readlink "/proc/$pid/ns/$kind") != "$(inside readlink "/proc/1/ns/$kind")" ]]
    done
}

has_room() {
    # The unit sets no limits, and these must not be what some distribution's defaults make too narrow.
    same "$(show MemoryMax) $(show MemoryHigh) $(show CPUQuotaPerSecUSec)" "infinity infinity infinity"
    (($(show LimitNOFILE) >= 1024))
    (($(show TasksMax) >= 100))
    (($(status_of Threads) < 50))
    same "$(show OOMPolicy) $(show OOMScoreAdjust)" "stop 0"
}

is_hardened() {
    inside systemd-analyze security --no-pager --threshold=12 offwatch.service | tail -n 1
    inside systemd-analyze security --no-pager --threshold=12 --offline=true /etc/systemd/system/offwatch.service | tail -n 1
}

takes_new_settings() {
    local pid
    pid=$(show MainPID)
    tasks 2 | put 0644 /etc/offwatch/elsewhere.ics
    configure folder.toml 's/tasks\.ics/elsewhere.ics/'
    inside systemctl reload offwatch
    patiently 30 says 'the new settings are in force' 1
    patiently 30 has_letters 2
    configure folder.toml 's/tasks\.ics/third.ics/'
    tasks 3 | put 0644 /etc/offwatch/third.ics
    inside env STATE_DIRECTORY=/var/lib/offwatch offwatch reload
    patiently 30 has_letters 3
    configure folder.toml
    tasks 4 | put 0644 /etc/offwatch/tasks.ics
    inside systemctl kill --kill-whom=main --signal=HUP offwatch
    patiently 30 has_letters 4
    same "$(times 'the new settings are in force')" 3
    same "$(show MainPID) $(show ActiveState)" "$pid active"
}

refuses_bad_settings() {
    local pid status=0
    pid=$(show MainPID)
    configure folder.toml 's/^manager/manger/'
    inside systemctl reload offwatch || status=$?
    ((status != 0))
    says 'did you mean .manager' 1
    # It was not even handed on: the daemon has heard nothing.
    same "$(times 'the old settings stay in force')" 0
    status=0
    inside env STATE_DIRECTORY=/var/lib/offwatch offwatch reload || status=$?
    same "$status" 78
    inside systemctl kill --kill-whom=main --signal=HUP offwatch
    patiently 30 says 'the old settings stay in force' 1
    same "$(show MainPID) $(show ActiveState) $(show NRestarts)" "$pid active 0"
    # The feed of the old settings is still the one that is read.
    configure folder.toml
    tasks 5 | put 0644 /etc/offwatch/tasks.ics
    inside systemctl reload offwatch
    patiently 30 has_letters 5
}

shares_its_state_with_a_shell() {
    local owner
    owner=$(status_of Uid | cut -f1)
    inside env STATE_DIRECTORY=/var/lib/offwatch offwatch outbox list --config /etc/offwatch/offwatch.toml
    inside systemctl stop offwatch
    # With nobody else there, root makes the files beside the state, and they must not be root's afterwards.
    inside env STATE_DIRECTORY=/var/lib/offwatch offwatch outbox list
    inside env STATE_DIRECTORY=/var/lib/offwatch offwatch briefing list
    same "$(inside find "$STATE" -not -uid "$owner")" ""
    tasks 6 | put 0644 /etc/offwatch/tasks.ics
    inside env STATE_DIRECTORY=/var/lib/offwatch offwatch once
    # A letter in the folder belongs to whoever wrote it, the state to the service.
    same "$(inside find "$STATE/state" -not -uid "$owner")" ""
    inside systemctl start offwatch
    tasks 7 | put 0644 /etc/offwatch/tasks.ics
    inside systemctl reload offwatch
    patiently 30 has_letters 7
}

takes_credentials() {
    inside systemctl stop offwatch
    inside install -d -m 0700 /etc/offwatch/secrets
    put 0600 /etc/offwatch/secrets/smtp-password <<<"$PASSWORD"
    put 0600 /etc/offwatch/secrets/calendar-token <<<"$TOKEN"
    put 0644 /etc/offwatch/mail-ca.pem <"$scratch/peers/cert.pem"
    override secrets LoadCredential=smtp-password:/etc/offwatch/secrets/smtp-password \
        LoadCredential=calendar-token:/etc/offwatch/secrets/calendar-token
    configure peers.toml
    announce 8
    inside systemctl start offwatch
    patiently 30 letter_of 8
    heard 'login good' 1
    heard 'calendar good' 1
    same "$(grep bad "$scratch/peers/heard")" ""
    same "$(inside stat --format='%a %u' /etc/offwatch/secrets/smtp-password)" "600 0"
    # Root's commands find them where systemd has them, or where they came from.
    inside env STATE_DIRECTORY=/var/lib/offwatch CREDENTIALS_DIRECTORY=/run/credentials/offwatch.service offwatch outbox list
    inside env CREDENTIALS_DIRECTORY=/etc/offwatch/secrets offwatch check
}

reloads_with_credentials() {
    local status=0
    announce 9
    inside systemctl reload offwatch
    patiently 30 letter_of 9
    # A name that systemd has no credential for.
    configure peers.toml 's/calendar-token/no-such-token/'
    inside systemctl reload offwatch || status=$?
    ((status != 0))
    configure peers.toml
}

# looks WORD: the word as it stands, and what base64 makes of it wherever it begins in a text, without the signs that its
# neighbours have a share in.
looks() {
    local before coded
    echo "$1"
    for before in "" "--" "-"; do
        coded=$(printf '%s%s' "$before" "$1" | base64 -w 0)
        [[ -z $before ]] || coded=${coded:4}
        echo "${coded:0:-4}"
    done
}

tells_no_secret() {
    local pid look secrets=()
    pid=$(show MainPID)
    for look in $(looks "$PASSWORD") $(looks "$TOKEN"); do
        secrets+=(-e "$look")
    done
    # The search itself: what must be found is, also in what PLAIN and Basic make of it.
    same "$(printf '\0offwatch\0%s' "$PASSWORD" | base64 -w 0 | grep -cF "${secrets[@]}")" 1
    same "$(printf 'user:%s' "$TOKEN" | base64 -w 0 | grep -cF "${secrets[@]}")" 1
    inside journalctl --quiet --output=json --all >"$scratch/journal"
    inside cat "/proc/$pid/environ" "/proc/$pid/cmdline" >"$scratch/environ"
    inside systemctl show offwatch >"$scratch/properties"
    # There is something to look through.
    same "$(grep -laF offwatch "$scratch/journal" "$scratch/environ" "$scratch/properties" | wc -l)" 3
    same "$(grep -laF "${secrets[@]}" "$scratch/journal" "$scratch/environ" "$scratch/properties")" ""
    same "$(inside grep -rlaF "${secrets[@]}" "$STATE")" ""
}

comes_back_after_its_own_time() {
    local pid took
    pid=$(show MainPID)
    inside sh -c "kill -KILL $pid"
    took=$(milliseconds patiently 60 running_other_than "$pid")
    # RestartSec=10s, as shipped; a busy machine takes its own time besides.
    ((took >= 9000 && took <= 60000))
    announce 10
    inside systemctl reload offwatch
    patiently 30 letter_of 10
}

comes_back_however_often() {
    local pid number before
    # Faster than shipped, so that the limit of systemd's defaults (five starts in ten seconds) would be met.
    override quick RestartSec=100ms
    before=$(show NRestarts)
    for number in 11 12 13 14 15 16 17; do
        pid=$(show MainPID)
        announce "$number"
        inside sh -c "kill -KILL $pid"
        patiently 30 running_other_than "$pid"
        patiently 30 letter_of "$number"
    done
    same "$(show NRestarts)" $((before + 7))
    nothing_twice
}

is_watched() {
    local pid
    override quick RestartSec=100ms WatchdogSec=10s
    inside systemctl restart offwatch
    pid=$(show MainPID)
    # Well fed for longer than its patience.
    sleep 15
    is MainPID "$pid"
    inside sh -c "kill -STOP $pid"
    announce 18
    patiently 60 running_other_than "$pid"
    says 'Watchdog timeout' 1
    patiently 30 letter_of 18
    nothing_twice
    override quick RestartSec=100ms
    inside systemctl restart offwatch
}

is_cut_off_in_a_letter() {
    local pid
    touch "$scratch/peers/hang"
    announce 19
    inside systemctl reload offwatch
    patiently 30 heard '^hangs ' 1
    pid=$(show MainPID)
    inside sh -c "kill -KILL $pid"
    rm "$scratch/peers/hang"
    patiently 30 running_other_than "$pid"
    patiently 30 is ActiveState active
}

stops_in_time() {
    local took
    took=$(milliseconds inside systemctl stop offwatch)
    ((took < 8000))
    same "$(show Result) $(show ExecMainStatus)" "success 0"
    inside systemctl start offwatch
    touch "$scratch/peers/hang"
    announce 20
    inside systemctl reload offwatch
    patiently 30 heard '^hangs ' 2
    took=$(milliseconds inside systemctl stop offwatch)
    rm "$scratch/peers/hang"
    ((took < 10000))
    same "$(show Result) $(show ExecMainStatus)" "success 0"
    says 'it will be tried again' 1
    inside systemctl start offwatch
}

does_not_start_without_settings() {
    local status=0
    inside systemctl stop offwatch
    inside rm /etc/offwatch/offwatch.toml
    inside systemctl start offwatch || status=$?
    ((status != 0))
    # It would have come back many times by then.
    sleep 3
    same "$(show ActiveState) $(show ExecMainStatus) $(show NRestarts)" "failed 78 0"
    says '/etc/offwatch/offwatch.toml' 1 --priority=err
    configure peers.toml 's/^manager/manger/'
    status=0
    inside systemctl start offwatch || status=$?
    ((status != 0))
    sleep 3
    same "$(show ActiveState) $(show ExecMainStatus) $(show NRestarts)" "failed 78 0"
    says 'did you mean .manager' 1 --priority=err
    configure peers.toml
    inside systemctl start offwatch
}

comes_back_when_its_state_can_be_written() {
    inside systemctl stop offwatch
    configure peers.toml 's#^\[service\]#&\nstate = "sqlite:/srv/offwatch/offwatch.db"#'
    inside systemctl start --no-block offwatch
    patiently 30 says 'the state ./srv/offwatch.* cannot be written to .Read-only' 2 --priority=err
    [[ $(show ActiveState) == activating ]]
    # A state that cannot be written may become writable without anybody at the service.
    configure peers.toml
    patiently 30 is ActiveState active
}

speaks_the_journals_language() {
    journal --output=json --output-fields=PRIORITY,MESSAGE,_COMM >"$scratch/journal"
    python3 - "$scratch/journal" <<'PYTHON'
import json
import sys

wanted = {"ready: ": "6", "queued: ": "6", "the new settings are in force": "6", "it will be tried again": "4",
          "the old settings stay in force": "3", "did you mean `manager`": "3"}
seen = set()
for line in open(sys.argv[1], encoding="utf-8"):
    entry = json.loads(line)
    message, priority = entry["MESSAGE"], entry["PRIORITY"]
    assert isinstance(message, str) and not message.startswith("<"), entry
    if entry.get("_COMM") != "offwatch":
        continue
    for words, level in wanted.items():
        if words in message:
            seen.add(words)
            assert priority == level, entry
assert seen == wanted.keys(), wanted.keys() - seen
PYTHON
}

repeats_the_same_letters() {
    # A minute after they were cut off, and as the same messages.
    patiently 150 letter_of 19
    patiently 150 letter_of 20
    same "$(sed -n 's/^hangs //p' "$scratch/peers/heard")" "$(sed -nE 's/^letter ([^ ]+) .*task number (19|20),.*/\1/p' "$scratch/peers/heard")"
}

has_said_each_thing_once() {
    local number
    nothing_twice
    for ((number = 8; number <= 20; number++)); do
        same "$(grep -c "^letter .*task number $number," "$scratch/peers/heard")" 1
    done
    # What went to the folder was not said again by mail.
    same "$(grep -E '^letter .*task number [1-7],' "$scratch/peers/heard")" ""
}

goes_without_a_trace() {
    inside systemctl disable --now offwatch
    same "$(inside pgrep --exact offwatch || true)" ""
    inside systemctl is-system-running || is ActiveState inactive
}

# --- The run.

mkdir "$scratch/peers"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE \
    -keyout "$scratch/peers/key.pem" -out "$scratch/peers/cert.pem" 2>/dev/null
echo "$PASSWORD" >"$scratch/peers/password"
echo "$TOKEN" >"$scratch/peers/token"
boot "$root" "$scratch" || exit 75
setpriv --pdeathsig KILL nsenter --target "$leader" --net -- python3 "$here/peers.py" "$scratch/peers" &
peers=$!
patiently 60 grep -qs '^ready' "$scratch/peers/heard"

check "it is installed as systemd/README.md says" installs
check "systemctl start returns when it is ready" starts
check "it reads a feed and sends a letter" sends
check "its files are its own, and nobody else reads them" keeps_to_itself
check "it has no privileges" has_no_privileges
check "no limit of the unit is in its way" has_room
check "systemd-analyze security says 1.2 or less" is_hardened
check "new settings are taken by systemctl reload, offwatch reload and SIGHUP" takes_new_settings
check "bad settings are refused, and the old ones stay in force" refuses_bad_settings
check "root's commands leave the state to the service" shares_its_state_with_a_shell
check "credentials log in to the mail server and the calendar" takes_credentials
check "settings are taken anew with credentials in them" reloads_with_credentials
check "no secret stands in the journal, the environment or the state" tells_no_secret
check "killed, it comes back after ten seconds" comes_back_after_its_own_time
check "killed seven times in a row, it comes back each time" comes_back_however_often
check "frozen, it is killed by the watchdog and goes on" is_watched
check "killed in the middle of a letter, it comes back" is_cut_off_in_a_letter
check "systemctl stop takes less than ten seconds, also while the mail server hangs" stops_in_time
check "without good settings it does not start, and is not started again and again" does_not_start_without_settings
check "a state that cannot be written is tried until it can" comes_back_when_its_state_can_be_written
check "letters that were cut off are sent as the same messages" repeats_the_same_letters
check "the journal has priorities" speaks_the_journals_language
check "in all of this every letter was sent, and none twice" has_said_each_thing_once
check "disabled, nothing of it runs" goes_without_a_trace
exit "$failed"
