"""Another engine's answer about calendars: recurring-ical-events, of which offwatch knows nothing.

Reads one JSON object a line, {"calendar": TEXT, "from": INSTANT, "to": INSTANT, "zone": NAME}, and answers each with one
line: an array of occurrences [uid, start, end, all_day, status, summary], instants in UTC and whole seconds. Dates and
floating times are placed in the zone. A series that breaks the engine is the row [uid, "error", its message]. Ends with
its input. Says its version first. Needs recurring-ical-events.
"""

import datetime
import importlib.metadata
import json
import sys
import zoneinfo

import icalendar
import recurring_ical_events


def instant(moment, zone):
    """A date or a time as an instant: a gap is read with the offset before it, a repeated time as its first instance."""
    if not isinstance(moment, datetime.datetime):
        moment = datetime.datetime.combine(moment, datetime.time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def row(event, zone):
    start, end = event["DTSTART"].dt, event["DTEND"].dt
    all_day = not isinstance(start, datetime.datetime)
    status = str(event.get("STATUS", "CONFIRMED"))
    return [str(event["UID"]), instant(start, zone), instant(end, zone), all_day, status, str(event["SUMMARY"])]


def series(calendar):
    """The events of a calendar, those with one UID together."""
    found = {}
    for event in calendar.walk("VEVENT"):
        found.setdefault(str(event["UID"]), icalendar.Calendar()).add_component(event)
    return found


def answer(question):
    zone = zoneinfo.ZoneInfo(question["zone"])
    span = [datetime.datetime.fromisoformat(question[end].replace("Z", "+00:00")).astimezone(zone) for end in ("from", "to")]
    rows = []
    for uid, calendar in series(icalendar.Calendar.from_ical(question["calendar"])).items():
        try:
            rows += [row(event, zone) for event in recurring_ical_events.of(calendar).between(*span)]
        except Exception as error:  # whatever breaks it is its answer
            rows.append([uid, "error", f"{type(error).__name__}: {error}"])
    return rows


def main():
    print(json.dumps(importlib.metadata.version("recurring-ical-events")), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
