# shellcheck shell=bash
# A real systemd in a container, for checks.sh: boot, run something inside, put files there, halt.
# What is written inside goes into memory; the small Debian it boots from stays as it is.

# The container's supervisor, and its process 1 as seen from here.
supervisor=
leader=
# Control groups made for the container.
groups=()

# boot ROOT SCRATCH: returns when it runs, or 1 when it does not within 30 seconds.
boot() {
    local place
    own_groups
    # Without it nspawn waits for ever where the host itself mixes both generations of control groups; and several
    # may boot from one folder, since none writes to it.
    export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_LOCK=0
    (
        for place in "${groups[@]}"; do
            echo "$BASHPID" >"$place/cgroup.procs"
        done
        exec setpriv --pdeathsig KILL systemd-nspawn --quiet --directory="$1" --volatile=overlay --machine="offwatch-$$" \
            --private-network --register=no --keep-unit --console=pipe --boot
    ) </dev/null >"$2/console" 2>&1 &
    supervisor=$!
    patiently 30 is_up
}

# Whether the container's systemd has finished booting.
is_up() {
    leader=$(pgrep --parent "$supervisor" | head -n 1) || return 1
    [[ $(inside systemctl is-system-running 2>/dev/null) == @(running|degraded) ]]
}

# Control groups of its own, so that what systemd makes in them does not mix with the host's or another run's.
own_groups() {
    local controllers path mount place
    while IFS=: read -r _ controllers path; do
        case $controllers in
        "") mount=$(findmnt --noheadings --first-only --output TARGET --types cgroup2) || continue ;;
        name=systemd) mount=$(findmnt --noheadings --first-only --output TARGET --types cgroup --options name=systemd) || continue ;;
        *) continue ;;
        esac
        place=${mount%/}${path%/}/offwatch-$$
        mkdir "$place" 2>/dev/null && groups+=("$place")
    done </proc/self/cgroup
}

# inside COMMAND…: runs something there, for half a minute at most.
inside() {
    timeout 30 nsenter --target "$leader" --all -- /usr/bin/env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C.UTF-8 "$@"
}

# put MODE PATH: writes standard input to a file there.
put() {
    # shellcheck disable=SC2016  # for the shell inside
    inside sh -c 'cat >"$2.new" && chmod "$1" "$2.new" && mv "$2.new" "$2"' sh "$1" "$2"
}

# patiently SECONDS COMMAND…: waits until the command succeeds.
patiently() {
    local - until=$(($(date +%s%3N) + $1 * 1000))
    local options=$-
    set +x
    shift
    until "$@" 2>/dev/null; do
        if (($(date +%s%3N) >= until)); then
            # Once more, for all to see.
            [[ $options != *x* ]] || set -x
            "$@"
            return
        fi
        sleep 0.1
    done
}

# Takes the container down, whatever state it is in.
halt() {
    local place folder
    if [[ -n $supervisor ]]; then
        [[ -z $leader ]] || kill -s RTMIN+4 "$leader" 2>/dev/null || true
        patiently 10 is_down || kill -KILL "$supervisor" 2>/dev/null || true
        wait "$supervisor" 2>/dev/null || true
    fi
    for place in "${groups[@]}"; do
        if [[ -e $place/cgroup.kill ]]; then echo 1 >"$place/cgroup.kill" || true; fi
        while IFS= read -r folder; do
            patiently 2 rmdir "$folder" 2>/dev/null || true
        done < <(find "$place" -depth -type d 2>/dev/null)
    done
}

# Whether the container has ended.
is_down() {
    ! kill -0 "$supervisor" 2>/dev/null
}
