//! Whose an event is: people in organizers, attendees and titles, accounts in whatever an event says.
//! Prepared once for a team and asked for each event. Knows nothing of leave, tasks or time.

use std::collections::{BTreeSet, HashMap};

use super::phrases::{Phrases, fold};
use crate::calendar::{Event, Party};
use crate::people::{Account, Engineer, Team};

/// Everybody and every account of a team, ready to be looked for in any number of feeds.
#[derive(Clone, Debug, Default)]
pub struct Matcher {
    /// What names the engineers.
    names: Names,
    /// What names the accounts.
    signs: Signs,
}

impl Matcher {
    /// Prepares the search for the people and accounts of `team`.
    pub fn new(team: &Team) -> Self {
        Self { names: Names::new(team), signs: Signs::new(&team.accounts) }
    }

    /// The engineers of `team`, the one that this was made for.
    pub(super) fn people<'t>(&'t self, team: &'t Team) -> People<'t> {
        People { list: team.engineers.values().collect(), names: &self.names }
    }

    /// The accounts of `team`, the one that this was made for.
    pub(super) fn accounts<'t>(&'t self, team: &'t Team) -> Accounts<'t> {
        Accounts { list: &team.accounts, signs: &self.signs }
    }
}

/// Everything that names engineers.
#[derive(Clone, Debug, Default)]
struct Names {
    /// Mail addresses (an alias may be one), folded, with the engineer's place in the list.
    addresses: HashMap<String, usize>,
    /// Ids, names and aliases.
    phrases: Phrases,
}

/// Engineers by everything that names them.
pub(super) struct People<'t> {
    /// The engineers, by id.
    list: Vec<&'t Engineer>,
    /// What names them.
    names: &'t Names,
}

impl Names {
    /// Prepares the search for the engineers of `team`. A hyphen, dot or underscore between letters does not end a name:
    /// a stranger called Ann Lee-Smith is not our Ann Lee.
    fn new(team: &Team) -> Self {
        let mut addresses = HashMap::new();
        let mut phrases = Vec::new();
        for (place, engineer) in team.engineers.values().enumerate() {
            let names = [engineer.id.as_str(), engineer.name.as_str(), engineer.email.as_str()];
            for name in names.into_iter().chain(engineer.aliases.iter().map(String::as_str)) {
                if name.contains('@') {
                    addresses.insert(fold(name), place);
                } else {
                    phrases.push((place, name));
                }
            }
        }
        Self { addresses, phrases: Phrases::new("-._", phrases) }
    }
}

impl<'t> People<'t> {
    /// Every engineer, by id.
    pub(super) fn all(&self) -> &[&'t Engineer] {
        &self.list
    }

    /// The engineers whom `text` names by address, id, name or alias, by id. Where one name holds another the longer
    /// counts; a name that two engineers share names neither.
    pub(super) fn named(&self, text: &str) -> Vec<&'t Engineer> {
        let (addresses, text) = without_addresses(&fold(text));
        let mut found: BTreeSet<usize> = addresses.iter().filter_map(|address| self.names.addresses.get(address)).copied().collect();
        let mut hits: Vec<_> = self.names.phrases.hits(&text).collect();
        hits.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
        let mut read_up_to = 0;
        for same in hits.chunk_by(|one, other| (one.start, one.end) == (other.start, other.end)) {
            let Some(hit) = same.first().filter(|hit| hit.start >= read_up_to) else { continue };
            read_up_to = hit.end;
            if same.iter().all(|other| other.owner == hit.owner) {
                found.insert(hit.owner);
            }
        }
        found.iter().filter_map(|place| self.list.get(*place)).copied().collect()
    }

    /// The engineer who is `party`: by address, else by what stands as its name.
    pub(super) fn party(&self, party: &Party) -> Option<&'t Engineer> {
        let by_address = party.email.as_ref().and_then(|email| self.names.addresses.get(&fold(email)));
        if let Some(engineer) = by_address.and_then(|place| self.list.get(*place)) {
            return Some(engineer);
        }
        let named = self.named(party.name.as_deref()?);
        if let [engineer] = named.as_slice() { Some(engineer) } else { None }
    }

    /// The engineers whom an entry of a team's feed is about, by id. A title that names somebody says it all, for
    /// the organizer may only have written the entry down and the attendees may only be told of it.
    pub(super) fn subjects(&self, event: &Event) -> Vec<&'t Engineer> {
        let named = self.named(&event.summary);
        if !named.is_empty() {
            return named;
        }
        let parties = event.organizer.iter().chain(&event.attendees).filter_map(|party| self.party(party));
        let ids: BTreeSet<_> = parties.map(|engineer| &engineer.id).collect();
        self.list.iter().filter(|engineer| ids.contains(&engineer.id)).copied().collect()
    }

    /// Whether an entry about `subjects` is one person's alone: one is named, and no other of ours wrote it down. Else what
    /// it says may be the other's affair.
    pub(super) fn is_of_one(&self, subjects: &[&Engineer], event: &Event) -> bool {
        let [engineer] = subjects else { return false };
        event.organizer.as_ref().and_then(|party| self.party(party)).is_none_or(|writer| writer.id == engineer.id)
    }

    /// Whether `engineer` declined `event`.
    pub(super) fn declined(&self, engineer: &Engineer, event: &Event) -> bool {
        event.attendees.iter().filter(|party| party.declined).any(|party| self.is(engineer, party))
    }

    /// Whether somebody other than `engineer` organises `event`. A calendar that stands as organizer is nobody.
    pub(super) fn organised_by_another(&self, engineer: &Engineer, event: &Event) -> bool {
        event.organizer.as_ref().is_some_and(|party| is_somebody(party) && !self.is(engineer, party))
    }

    /// Whether `party` is `engineer`.
    fn is(&self, engineer: &Engineer, party: &Party) -> bool {
        self.party(party).is_some_and(|found| found.id == engineer.id)
    }
}

/// Whether a party is a person or could be one: Google puts the calendar itself as organizer of what stands in a
/// secondary calendar, and Outlook and Apple write addresses that are none.
fn is_somebody(party: &Party) -> bool {
    let address = party.email.as_deref().and_then(|email| email.rsplit_once('@'));
    let Some((_, domain)) = address else { return party.name.is_some() };
    let domain = domain.to_ascii_lowercase();
    domain != "calendar.google.com" && !domain.ends_with(".calendar.google.com")
}

/// The mail addresses in a folded text, and the text with an `@` in the place of each, so that nobody's name is
/// found inside somebody else's address.
fn without_addresses(text: &str) -> (Vec<String>, String) {
    let outside = |letter: char| !letter.is_alphanumeric() && !"@._%+-".contains(letter);
    let (mut addresses, mut rest) = (Vec::new(), String::with_capacity(text.len()));
    for piece in text.split_inclusive(outside) {
        let word = piece.trim_end_matches(outside);
        let address = word.trim_matches(['.', '-']);
        let whole = address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        if whole {
            addresses.push(address.to_owned());
            rest.push('@');
            rest.extend(piece.strip_prefix(word));
        } else {
            rest.push_str(piece);
        }
    }
    (addresses, rest)
}

/// Accounts by everything that names them.
pub(super) struct Accounts<'t> {
    /// The accounts in the order of the configuration.
    list: &'t [Account],
    /// What names them.
    signs: &'t Signs,
}

/// Everything that names accounts.
#[derive(Clone, Debug, Default)]
struct Signs {
    /// Folded ids and names, with the places of the accounts that bear them.
    called: HashMap<String, Vec<usize>>,
    /// Match words, those with a dot too.
    words: Phrases,
    /// Match words with a dot, folded: mail domains.
    domains: HashMap<String, Vec<usize>>,
}

/// One sign that an event belongs to an account.
struct Sign<'s> {
    /// The account's place in the list.
    place: usize,
    /// What was matched.
    phrase: &'s str,
}

impl Signs {
    /// Prepares the search for these accounts.
    fn new(list: &[Account]) -> Self {
        let mut called: HashMap<String, Vec<usize>> = HashMap::new();
        let mut domains: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, account) in list.iter().enumerate() {
            for name in [account.id.as_str(), account.name.as_str()] {
                called.entry(fold(name)).or_default().push(place);
            }
            for word in account.matches.iter().filter(|word| word.contains('.')) {
                domains.entry(fold(word)).or_default().push(place);
            }
        }
        let words = list.iter().enumerate().flat_map(|(place, account)| account.matches.iter().map(move |word| (place, word.as_str())));
        Self { called, words: Phrases::new("", words), domains }
    }
}

impl<'t> Accounts<'t> {
    /// The account that `event` belongs to, and by what, in words. The first step that finds one decides; a step that
    /// finds two of equal rank has found none, and the next one is asked.
    pub(super) fn of(&self, event: &Event) -> Option<(&'t Account, String)> {
        let found = |(place, how): (usize, String)| Some((self.list.get(place)?, how));
        self.by_name(event).or_else(|| self.by_word(event)).and_then(found)
    }

    /// The steps that look where an account is named on purpose: the mark, the categories, the title's prefix.
    fn by_name(&self, event: &Event) -> Option<(usize, String)> {
        if let Some(place) = event.account.as_deref().and_then(|mark| best(self.bearers(mark, &fold(mark))).map(|sign| sign.place)) {
            return Some((place, "X-OFFWATCH-ACCOUNT".to_owned()));
        }
        let categories: Vec<_> = event.categories.iter().map(|category| (category.as_str(), fold(category))).collect();
        let signs = categories.iter().flat_map(|(category, folded)| self.signs(category, folded));
        if let Some(sign) = best(signs) {
            return Some((sign.place, "category".to_owned()));
        }
        let prefixes = prefixes(&event.summary);
        let place = prefixes.iter().find_map(|prefix| best(self.signs(prefix, &fold(prefix))).map(|sign| sign.place));
        place.map(|place| (place, "title prefix".to_owned()))
    }

    /// The steps that look for match words and mail domains: in the title, then the organizer, then the attendees.
    fn by_word(&self, event: &Event) -> Option<(usize, String)> {
        let title = fold(&event.summary);
        if let Some(sign) = best(self.spoken(&title)) {
            return Some((sign.place, format!("`{}` in the title", sign.phrase)));
        }
        if let Some((place, phrase)) = self.by_parties(event.organizer.as_slice()) {
            return Some((place, format!("`{phrase}` in the organizer")));
        }
        self.by_parties(&event.attendees).map(|(place, phrase)| (place, format!("`{phrase}` in an attendee")))
    }

    /// The account that the names or mail domains of `parties` mean, and the word that says so. An address is read
    /// for its domain only: `acme@example.com` is a mailbox of ours.
    fn by_parties(&self, parties: &[Party]) -> Option<(usize, String)> {
        let is_address = |text: &&str| text.contains('@');
        let said = |party: &Party| [party.name.as_deref().unwrap_or_default().to_owned(), party.email.clone().unwrap_or_default()];
        let texts: Vec<String> = parties.iter().flat_map(said).map(|text| fold(&text)).collect();
        let names = texts.iter().map(String::as_str).filter(|text| !is_address(text)).flat_map(|name| self.spoken(name));
        let addresses = texts.iter().map(String::as_str).filter(is_address).flat_map(|address| self.hosted(address));
        best(names.chain(addresses)).map(|sign| (sign.place, sign.phrase.to_owned()))
    }

    /// The signs in a text that should name an account: its whole is an id or name, or holds a match word.
    fn signs<'s>(&'s self, text: &'s str, folded: &'s str) -> impl Iterator<Item = Sign<'s>> + 's {
        self.bearers(text, folded).chain(self.spoken(folded))
    }

    /// The accounts whose id or name is `text`.
    fn bearers<'s>(&'s self, text: &'s str, folded: &str) -> impl Iterator<Item = Sign<'s>> + 's {
        self.signs.called.get(folded).into_iter().flatten().map(move |place| Sign { place: *place, phrase: text.trim() })
    }

    /// The match words in a folded text.
    fn spoken<'s>(&'s self, folded: &'s str) -> impl Iterator<Item = Sign<'s>> + 's {
        self.signs.words.hits(folded).map(|hit| Sign { place: hit.owner, phrase: hit.phrase })
    }

    /// The match words that are the domain of a folded mail address, or a domain above it.
    fn hosted<'s>(&'s self, address: &'s str) -> impl Iterator<Item = Sign<'s>> + 's {
        let domain = address.rsplit_once('@').map(|(_, domain)| domain.trim_end_matches(['.', '>']));
        let domains = std::iter::successors(domain, |domain| domain.split_once('.').map(|(_, above)| above));
        let sign = |domain, place: &usize| Sign { place: *place, phrase: domain };
        domains.flat_map(move |domain| self.signs.domains.get(domain).into_iter().flatten().map(move |place| sign(domain, place)))
    }
}

/// The longest sign; none when equally long ones mean different accounts.
fn best<'s>(signs: impl Iterator<Item = Sign<'s>>) -> Option<Sign<'s>> {
    let mut best: Option<(usize, Sign<'s>, bool)> = None;
    for sign in signs {
        let length = sign.phrase.chars().count();
        match &mut best {
            Some((longest, ..)) if length < *longest => {}
            Some((longest, other, tie)) if length == *longest => *tie |= other.place != sign.place,
            _ => best = Some((length, sign, false)),
        }
    }
    best.and_then(|(_, sign, tie)| (!tie).then_some(sign))
}

/// The parts of a title that stand before its matter: `[Name]`, also several, then `Name:`.
fn prefixes(title: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = title.trim_start();
    while let Some((mark, tail)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        found.push(mark);
        rest = tail.trim_start();
    }
    found.extend(rest.split_once(':').map(|(name, _)| name));
    found
}
