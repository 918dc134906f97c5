//! How several feeds become one agenda.

use super::*;

/// An hour of any day.
const HOUR: &str = "2026-12-01T09:00Z/2026-12-01T10:00Z";

#[test]
fn the_first_feed_wins_what_two_feeds_show() {
    let roles = [role("one", &[Purpose::Tasks]), role("two", &[Purpose::Tasks]), role("three", &[Purpose::Emergencies])];
    let mut moved = at(HOUR, Event { recurs: true, ..event("ACME moved") });
    moved.recurrence_id = Some(RecurrenceId::Date("2026-12-01".parse().unwrap()));
    let shown = [vec![at(HOUR, event("ACME first"))], vec![at(HOUR, event("ACME second")), moved], vec![at(HOUR, event("ACME down"))]];
    let sheets: Vec<Sheet> = roles.iter().zip(&shown).map(|(role, occurrences)| Sheet { role, occurrences }).collect();
    let whole = read(&sheets, &team(), &reading());
    let titles: Vec<_> = whole.tasks.iter().map(|task| format!("{} of {}", task.title, task.feed)).collect();
    assert_eq!(titles, ["ACME first of one", "ACME moved of two"]);
    assert_eq!(whole.emergencies.len(), 1);

    let parts: Vec<Agenda> =
        sheets.iter().map(|part| sheet(part.role, part.occurrences, &team(), &Matcher::new(&team()), &reading())).collect();
    assert_eq!(merge(&parts), whole);
    assert_eq!(merge(&[]), Agenda::default());
}

#[test]
fn a_feed_is_read_for_each_of_its_purposes_and_no_other() {
    let away = at(HOUR, Event { uid: "uid-2".to_owned(), ..event("PTO") });
    let occurrences = [at(HOUR, event("ACME upgrade")), away];
    let count = |reads: &[Purpose]| {
        let agenda = sheet(&role("ada", reads), &occurrences, &team(), &Matcher::new(&team()), &reading());
        let absences = agenda.absences.values().flatten().count();
        format!(
            "{} tasks, {} emergencies, {absences} absences, {} shifts",
            agenda.tasks.len(),
            agenda.emergencies.len(),
            agenda.shifts.len()
        )
    };
    assert_eq!(count(&[Purpose::Tasks, Purpose::Absences]), "1 tasks, 0 emergencies, 1 absences, 0 shifts");
    assert_eq!(count(&[Purpose::OnCall]), "0 tasks, 0 emergencies, 0 absences, 2 shifts");
    assert_eq!(count(&[]), "0 tasks, 0 emergencies, 0 absences, 0 shifts");
}
