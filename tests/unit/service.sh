# shellcheck shell=bash
# shellcheck disable=SC2154  # here, scratch, STATE and OVERRIDES are those of checks.sh
# What checks.sh asks of the service in the machine, and does to it.

# --- What is asked of the machine.

# show PROPERTY: of the service.
show() {
    inside systemctl show --value --property "$1" offwatch
}

# is PROPERTY VALUE.
is() {
    [[ $(show "$1") == "$2" ]]
}

# running_other_than PID: it runs, as another process.
running_other_than() {
    is ActiveState active && [[ $(show MainPID) != "$1" ]]
}

# journal [OPTION…]: what the service and systemd said of it since the machine began, messages only.
journal() {
    inside journalctl --quiet --output=cat --unit=offwatch "$@"
}

# times PATTERN [OPTION…]: how many lines of the journal are like that.
times() {
    local pattern=$1
    shift
    journal "$@" | grep -cE -- "$pattern" || true
}

# says PATTERN COUNT [OPTION…]: the journal has so many lines like that, at least.
says() {
    local count=$2
    (($(times "$1" "${@:3}") >= count))
}

# status_of FIELD: of the main process, from /proc.
status_of() {
    inside sed -n "s/^$1:[[:space:]]*//p" "/proc/$(show MainPID)/status"
}

# same A B: they are, or the output of the check shows what they are.
same() {
    [[ $1 == "$2" ]]
}

# --- What is done to it.

# override NAME LINE…: a drop-in, as `systemctl edit` writes it.
override() {
    printf '%s\n' '[Service]' "${@:2}" | put 0644 "$OVERRIDES/$1.conf"
    inside systemctl daemon-reload
}

# tasks COUNT: a calendar of so many tasks in four days.
tasks() {
    local - number day
    set +x
    day=$(date -u -d '+4 days' +%Y%m%d)
    printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//example//EN
    for ((number = 1; number <= $1; number++)); do
        printf '%s\r\n' BEGIN:VEVENT "UID:task-$number@example.com" DTSTAMP:20260101T000000Z "DTSTART:${day}T$(printf %02d $((number % 24)))0000Z" \
            DURATION:PT1H "SUMMARY:ACME: task number $number" END:VEVENT
    done
    printf '%s\r\n' END:VCALENDAR
}

# configure FILE [SED]: puts a configuration of this folder in force at the next start or reload.
configure() {
    sed "${2:-}" "$here/$1" | put 0644 /etc/offwatch/offwatch.toml
}

# letters: how many lie in the folder.
letters() {
    inside find "$STATE/outbox" -name '*.eml' | wc -l
}

has_letters() {
    (($(letters) == $1))
}

# heard PATTERN COUNT: what the peers heard.
heard() {
    (($(grep -cE -- "$1" "$scratch/peers/heard") >= $2))
}

# letter_of NUMBER: the mail server has a letter of this task.
letter_of() {
    heard "^letter .*task number $1," 1
}

# announce COUNT: from now on the calendar behind the token has so many tasks.
announce() {
    tasks "$1" >"$scratch/peers/calendar.new"
    mv "$scratch/peers/calendar.new" "$scratch/peers/calendar.ics"
}

# nothing_twice: no letter was taken twice.
nothing_twice() {
    same "$(grep '^letter ' "$scratch/peers/heard" | cut -d' ' -f2 | sort | uniq -d)" ""
}

# milliseconds COMMAND…: how long it takes.
milliseconds() {
    local began
    began=$(date +%s%3N)
    "$@" >&2
    echo $(($(date +%s%3N) - began))
}
