// Looks at letters as people see them: pictures at the width of a phone and of a desk, light and dark, in headless Chromium; and
// checks of the page: html-validate, caniemail (what every common mail program shows), axe-core, size.
//
//     NODE_PATH=/where/node_modules/are node tests/look/letters.mjs FOLDER-OF-EML [PICTURES]
//
// needs playwright-core, axe-core and html-validate from npm, and Debian's chromium; without a folder for pictures it takes none,
// without caniemail beside the others it says so. Ends with 1 when something is found.
import { createRequire } from "node:module";
import { readdirSync, readFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join, basename } from "node:path";

const from = createRequire(join(process.env.NODE_PATH ?? process.cwd(), "x.js"));
const { chromium } = from("playwright-core");
const { HtmlValidate } = from("html-validate");
const axe = readFileSync(from.resolve("axe-core/axe.min.js"), "utf8");
const lookup = () => import(from.resolve("caniemail"));
const { caniemail } = await Promise.resolve().then(lookup).catch(() => ({}));
if (!caniemail) console.log("caniemail is not installed: what mail programs show is not asked");

const [letters, pictures] = process.argv.slice(2);
if (pictures) mkdirSync(pictures, { recursive: true });

/** The longest letter that is wanted, as it travels. */
const LONGEST = 60_000;

/** The programs that are asked for. */
const CLIENTS = [
  ...["desktop-webmail", "ios", "android"].map((kind) => `gmail.${kind}`),
  ...["windows", "outlook-com", "macos", "ios", "android"].map((kind) => `outlook.${kind}`),
  ...["macos", "ios"].map((kind) => `apple-mail.${kind}`),
];

/** What is used although some program shows it in part or not at all (caniemail.com), and why that does no harm. */
const ALLOWED = {
  "<body> element": "some replace it by a box of their own: its colours stand in the outermost table, too",
  "<ul>, <ol> and <dl>": "some set distances of their own",
  "<style> element": "only colours of the dark stand in it",
  "@media": "only colours of the dark stand in it; without it letters are light",
  background: "Word's engine takes colours, and there are no pictures",
  "border-radius": "buttons have corners then",
  "max-height": "only of what is hidden, which `display: none` hides as well",
  "max-width": "Word's engine goes by the attribute `width`, which it knows",
  overflow: "only of what is hidden",
  "overflow-wrap": "`word-break` stands beside it",
  "word-break": "a long address may make a letter wider",
  border: "Word's engine draws those of tables and paragraphs, and a line less does no harm",
  "display:none": "Word's engine hides what comes before a letter by `mso-hide`",
  "font-size": "only on elements on which it is known everywhere",
  "font-weight": "likewise; what is bold is also a heading or the first of its line",
  "height property": "only `max-height`, of what is hidden",
  "line-height": "Word's engine rounds it",
  "list-style": "a point before a box to tick does no harm",
  margin: "none is negative or `auto`, which are what is not known",
  padding: "on cells it is known everywhere; elsewhere a distance less does no harm",
  display: "only of what is hidden",
  "table-layout": "columns of the drawn days get widths of their own",
  "text-align": "words in the drawn days stand at the left",
  "text-decoration": "a button is underlined",
  "white-space": "a label in two lines does no harm",
  "width attribute": "of tables, where Word's engine knows it",
  "width property": "Word's engine goes by the attribute",
};

/** The decoded HTML part of a message. */
function page(bytes) {
  const text = bytes.toString("latin1");
  const at = text.search(/Content-Type: text\/html/i);
  if (at < 0) return null;
  const [head, ...rest] = text.slice(at).split("\r\n\r\n");
  const boundary = /boundary="(=_[^"]+)"/g;
  const bounds = [...text.matchAll(boundary)].map((found) => `\r\n--${found[1]}`);
  let body = rest.join("\r\n\r\n");
  for (const bound of bounds) body = body.split(bound)[0];
  if (/base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
  if (/quoted-printable/i.test(head)) {
    const plain = body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return Buffer.from(plain, "latin1").toString("utf8");
  }
  return Buffer.from(body, "latin1").toString("utf8");
}

const validate = new HtmlValidate({
  // Not `document`, as for pages of the web: mail programs put letters into documents of their own.
  extends: ["html-validate:recommended", "html-validate:a11y"],
  rules: {
    // Mail programs read styles in the elements alone.
    "no-inline-style": "off",
    // Word's engine knows this width and no other.
    "no-deprecated-attr": "off",
    // A title may be as long as a task's.
    "long-title": "off",
    // Addresses and numbers are left alone: they are words of somebody.
    "tel-non-breaking": "off",
  },
});

let found = 0;
const tell = (name, what) => {
  found += 1;
  console.log(`${name}: ${what}`);
};

const browser = await chromium.launch({
  executablePath: process.env.OFFWATCH_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
/** The letter that is looked at. */
let present = "";
/** A window for each way to look at it. */
const views = [];
for (const [width, scheme] of [[375, "light"], [375, "dark"], [660, "light"], [660, "dark"]]) {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: scheme, deviceScaleFactor: 1 });
  // Nothing may be fetched: images are off, and there are none.
  await context.route("**/*", (route) => (route.request().url().startsWith("data:") ? route.continue() : (tell(present, `fetches ${route.request().url()}`), route.abort())));
  views.push({ width, scheme, tab: await context.newPage() });
}
const names = readdirSync(letters).filter((name) => name.endsWith(".eml")).sort();
let seen = 0;
for (const file of names) {
  const bytes = readFileSync(join(letters, file));
  const name = basename(file, ".eml");
  if (bytes.length > LONGEST) tell(name, `${bytes.length} bytes, more than ${LONGEST}`);
  const html = page(bytes);
  if (html === null) {
    tell(name, "has no page");
    continue;
  }
  seen += 1;
  present = name;
  if (pictures) writeFileSync(join(pictures, `${name}.html`), html);
  const report = await validate.validateString(html);
  for (const result of report.results) for (const message of result.messages) tell(name, `html-validate: ${message.ruleId}: ${message.message} (line ${message.line})`);
  if (caniemail) {
    const { issues } = caniemail({ clients: CLIENTS, html });
    for (const kind of ["errors", "warnings"]) {
      for (const [client, list] of issues[kind] ?? []) {
        for (const issue of list) if (!(issue.title in ALLOWED)) tell(name, `caniemail ${kind}: ${client}: ${issue.title}`);
      }
    }
  }
  for (const { width, scheme, tab } of views) {
    await tab.setContent(html);
    const wide = await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (wide > 0) tell(name, `is ${wide} px too wide at ${width} px`);
    if (pictures) await tab.screenshot({ path: join(pictures, `${name}-${width}-${scheme}.png`), fullPage: true });
    await tab.evaluate(axe);
    // A letter is shown within a mail program's own page, which has the landmarks.
    const { violations } = await tab.evaluate(() => window.axe.run(document, { rules: { region: { enabled: false }, "landmark-one-main": { enabled: false } } }));
    for (const broken of violations) tell(name, `axe-core (${width} px, ${scheme}): ${broken.id}: ${broken.nodes[0].html.slice(0, 120)}`);
  }
}
await browser.close();
console.log(`${seen} letters of ${names.length} looked at, ${found} things found`);
process.exit(found === 0 && seen > 0 ? 0 : 1);
