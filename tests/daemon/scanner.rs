//! A mail scanner that sends the forms behind links: what it said in somebody's name is theirs to take back.

use serde_json::Value;

use crate::links::Scene;

#[test]
fn what_a_scanner_said_in_somebodys_name_is_told_and_taken_back_on_the_next_page_that_they_see() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    let label = ["Briefing written", "Not needed", "Hand to somebody else", "Remind me later"];
    let [written, waived, hand, snooze] = label.map(|label| scene.token("ada", label));
    let until = scene.ask("GET", &snooze, None).body;
    let until = until.split("name=\"until\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    // It sends every form that it finds, the choices filled in, and throws the answers away.
    for (token, fields) in [(&written, ""), (&waived, ""), (&hand, "&to=cem"), (&snooze, &*format!("&until={until}"))] {
        scene.press(token, fields);
    }
    let said = ["no briefing is needed", "the briefing is written", "Cem Ö. is to write the briefing", "ada is asked again from"];
    let tells = |page: &str| said.map(|said| page.contains(&format!(": {said}")));
    let undo = |page: &str, said: &str| {
        let (_, rest) = page.split_once(&format!(": {said}"))?;
        let (aside, form) = rest.split_once("<form")?;
        assert!(aside.contains("If that was a mistake:") && !aside.contains("said so far"), "{page}");
        Some(form.split("action=\"").nth(1)?.split('"').next()?.to_owned())
    };
    // Each page shows all of it; of the two answers the last alone counts, and with it gone the other does.
    for token in [&written, &waived, &hand, &snooze] {
        let page = scene.ask("GET", token, None).body;
        assert_eq!((tells(&page), page.matches(">Undo<").count()), ([true, false, true, true], 3), "{page}");
    }
    let mut page = scene.ask("GET", &hand, None).body;
    for (index, left) in
        [(2, [true, false, false, true]), (0, [false, true, false, true]), (3, [false, true, false, false]), (1, [false; 4])]
    {
        let token = undo(&page, said[index]).unwrap_or_else(|| panic!("no undo of `{}` on {page}", said[index]));
        page = scene.press(&token, "").0.body;
        assert!(page.contains("<h1>It is taken back</h1>"), "{page}");
        assert_eq!(tells(&page), left, "{page}");
    }
    let listed = scene.listed();
    assert_eq!((&listed["state"], &listed["writer"], &listed["snoozed"]), (&Value::from("asked"), &Value::from("ada"), &Value::Null));
    // What somebody else said is told, and theirs to take back.
    let theirs = scene.press(&hand, "&to=cem").0.body;
    assert_eq!(theirs.matches(">Undo<").count(), 1);
    scene.daemon.signal("HUP");
    let page = scene.ask("GET", &scene.token("cem", "Briefing written"), None).body;
    assert_eq!((tells(&page), page.matches(">Undo<").count()), ([false, false, true, false], 0), "{page}");
}
