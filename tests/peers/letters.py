"""What others see in offwatch's letters and calendars: Python's email package and icalendar, of which offwatch knows nothing.

Reads one JSON object a line and answers each with one line. {"calendar": TEXT} is answered with the calendar: its METHOD and
its events, each an object of properties; {"letter": TEXT} with the headers, and with the parts: type, charset, disposition,
file name, text, and the calendar in it, if it is one. Times are UTC or dates, as written. What breaks a parser is {"error":
its message}. Ends with its input. Says its version first. Needs icalendar.
"""

import email
import email.policy
import importlib.metadata
import json
import sys

import icalendar


def value(event, name):
    """A property as text: an address with its name in front."""
    found = event.get(name)
    if found is None:
        return None
    if name in ("DTSTART", "DTEND", "DTSTAMP"):
        return found.to_ical().decode()
    if name in ("ORGANIZER", "ATTENDEE"):
        return [str(found.params.get("CN", "")), str(found)]
    return int(found) if name == "SEQUENCE" else str(found)


def calendar(text):
    names = "UID DTSTAMP SEQUENCE DTSTART DTEND SUMMARY DESCRIPTION URL STATUS TRANSP ORGANIZER ATTENDEE".split()
    calendars = icalendar.Calendar.from_ical(text, multiple=True)
    events = [event for one in calendars for event in one.walk("VEVENT")]
    known = {"BEGIN", "END", *names}
    more = sorted({str(name) for event in events for name in event.keys()} - known)
    return {
        "calendars": len(calendars),
        "method": str(calendars[0].get("METHOD", "")),
        "more": more,
        "errors": [str(error) for event in events for error in event.errors],
        "events": [{name: value(event, name) for name in names} for event in events],
    }


def part(found):
    text = found.get_content()
    kind = found.get_content_type()
    method = found.get_param("method")
    answer = {"type": kind, "charset": found.get_content_charset(), "disposition": found.get_content_disposition()}
    answer |= {"file": found.get_filename(), "text": text, "method": method}
    if kind == "text/calendar":
        answer["calendar"] = calendar(text)
    return answer


def letter(text):
    message = email.message_from_bytes(text.encode("ascii"), policy=email.policy.default)
    defects = [str(defect) for one in message.walk() for defect in one.defects]
    parts = [part(one) for one in message.walk() if not one.is_multipart()]
    return {"type": message.get_content_type(), "headers": message.items(), "defects": defects, "parts": parts}


def answer(question):
    try:
        return calendar(question["calendar"]) if "calendar" in question else letter(question["letter"])
    except Exception as error:  # whatever breaks a parser is its answer
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    print(json.dumps(importlib.metadata.version("icalendar")), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line)), default=str), flush=True)


if __name__ == "__main__":
    main()
