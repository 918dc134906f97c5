"""What recurring-ical-events finds in a calendar: one line of UID, start and end for each occurrence in a window.

    recurring.py FILE FROM TO        (FROM and TO as 20260601T000000Z)
"""

import datetime
import sys

import icalendar
import recurring_ical_events


def instant(text):
    return datetime.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)


def shown(moment):
    if isinstance(moment, datetime.datetime) and moment.tzinfo:
        moment = moment.astimezone(datetime.timezone.utc)
    return moment.isoformat()


def main():
    path, start, end = sys.argv[1:]
    with open(path, "rb") as file:
        calendar = icalendar.Calendar.from_ical(file.read())
    for event in recurring_ical_events.of(calendar).between(instant(start), instant(end)):
        print(event.get("UID", ""), shown(event["DTSTART"].dt), shown(event["DTEND"].dt), sep=",")


if __name__ == "__main__":
    main()
