//! A page as a browser's parser sees it, and texts that try to be more than text on it. Knows nothing of templates.

use html5ever::tendril::TendrilSink as _;
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use proptest::prelude::*;

/// An element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    /// How deep it stands.
    pub(crate) depth: usize,
    /// Its name.
    pub(crate) name: String,
    /// Its attributes by name.
    pub(crate) attributes: Vec<(String, String)>,
    /// The text right in it.
    pub(crate) text: String,
}

impl Element {
    /// An attribute.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// What of it must not depend on what people write: where it stands, its name, its attributes, and the values of those
    /// that mean something to a browser.
    pub(crate) fn bones(&self) -> String {
        let told = ["class", "role", "scope", "id", "lang", "rel", "tabindex", "aria-labelledby"];
        let attribute =
            |(name, value): &(String, String)| if told.contains(&name.as_str()) { format!("{name}={value}") } else { name.clone() };
        let attributes: Vec<String> = self.attributes.iter().map(attribute).collect();
        format!("{} {} {}", self.depth, self.name, attributes.join(" "))
    }
}

/// All elements in the order of the document.
pub(crate) fn elements(html: &str) -> Vec<Element> {
    let dom = html5ever::parse_document(RcDom::default(), html5ever::ParseOpts::default()).one(html);
    let mut found = Vec::new();
    walk(&dom.document, 0, &mut found);
    found
}

/// Takes in `node` and all below it.
fn walk(node: &Handle, depth: usize, found: &mut Vec<Element>) {
    if let NodeData::Element { name, attrs, .. } = &node.data {
        let mut attributes: Vec<(String, String)> =
            attrs.borrow().iter().map(|own| (own.name.local.to_string(), own.value.to_string())).collect();
        attributes.sort();
        let children = node.children.borrow();
        let texts = children.iter().map(|child| match &child.data {
            NodeData::Text { contents } => contents.borrow().to_string(),
            NodeData::Document
            | NodeData::Doctype { .. }
            | NodeData::Comment { .. }
            | NodeData::Element { .. }
            | NodeData::ProcessingInstruction { .. } => String::new(),
        });
        found.push(Element { depth, name: name.local.to_string(), attributes, text: texts.collect() });
    }
    for child in node.children.borrow().iter() {
        walk(child, depth + 1, found);
    }
}

/// Texts that people may write, and some that nobody would by accident.
pub(crate) fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~]{0,8}",
        "\\PC{0,6}",
        prop_oneof![
            Just("</title><script>alert(1)</script>"),
            Just("</style><img src=x onerror=alert(1)>"),
            Just("\"><svg onload=alert(1)>"),
            Just("</text></svg><a href=javascript:alert(1)>"),
            Just("' onmouseover='alert(1)"),
            Just("<!--"),
            Just("]]>"),
            Just("&lt;b&gt;"),
            Just("{{ style }}{% include \"frame.html\" %}"),
            Just("</td></tr></table>"),
            Just("\u{202e}\u{2066}"),
        ]
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat())
}
