/* What libical finds in a calendar: one line of UID, start and end for each occurrence that overlaps a window.
 *
 *     libical FILE FROM TO        (FROM and TO as 20260601T000000Z)
 *
 * icalcomponent_foreach_recurrence knows RRULE, RDATE and EXDATE, but not RECURRENCE-ID: an override is an event of its
 * own here, and the instance it replaces is printed too. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>

static void stamp(char *text, size_t size, time_t at)
{
    struct tm parts;
    gmtime_r(&at, &parts);
    strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

static void found(icalcomponent *event, struct icaltime_span *span, void *data)
{
    char start[32], end[32];
    const char *uid = icalcomponent_get_uid(event);
    (void)data;
    stamp(start, sizeof start, span->start);
    stamp(end, sizeof end, span->end);
    printf("%s,%s,%s\n", uid ? uid : "", start, end);
}

static char *contents(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text;
    long size;
    if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0 || fseek(file, 0, SEEK_SET))
        return NULL;
    text = malloc((size_t)size + 1);
    if (text && fread(text, 1, (size_t)size, file) == (size_t)size) {
        text[size] = 0;
        fclose(file);
        return text;
    }
    return NULL;
}

int main(int count, char **words)
{
    char *text = count == 4 ? contents(words[1]) : NULL;
    icalcomponent *calendar, *event;
    if (!text) {
        fprintf(stderr, "usage: libical FILE FROM TO\n");
        return 2;
    }
    calendar = icalparser_parse_string(text);
    if (!calendar)
        return 1;
    for (event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event;
         event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
        icalcomponent_foreach_recurrence(event, icaltime_from_string(words[2]), icaltime_from_string(words[3]), found, NULL);
    return 0;
}
