// Uses the pages of links and the board as people do, and as what looks over their shoulder does: with a mouse, the keyboard
// alone, without scripts, by double clicks, with links that are forged or over. Driven by tests/daemon/browser.rs, which starts
// the daemon and says in a file where everything is; $OFFWATCH_PICTURES names a folder for pictures:
//
//   NODE_PATH=…/node_modules node tests/look/browser.mjs world.json
//
// world.json: {"pages": URL, "board": URL, "token": TEXT, "key": TEXT, "links": {"written", "waived", "hand", "snooze", "manager", "spare"}}
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findings, judge, listen, open, validate } from "./judge.mjs";

const world = JSON.parse(readFileSync(process.argv[2], "utf8"));
// Where pictures go that are to be judged by eye.
const pictures = process.env.OFFWATCH_PICTURES;
if (pictures) mkdirSync(pictures, { recursive: true });
const browser = await open();
const browserVersion = `Chromium ${browser.version()}`;
const at = (token) => `${world.pages}/l/${token}`;
// What a page says when somebody has answered.
const SAID = "said so far";

// A page in a window of its own.
async function window(options = {}) {
  const context = await browser.newContext({ viewport: { width: 375, height: 800 }, ...options });
  const page = await context.newPage();
  return { context, page };
}

// Goes somewhere and has the document judged; gives its text.
async function go(page, url, status, where) {
  const answer = await page.goto(url);
  assert.equal(answer.status(), status, where);
  const html = await answer.text();
  await validate(html, where);
  assert.ok(!/<script|javascript:/i.test(html), where);
  return html;
}

const heading = (page) => page.locator("h1").innerText();

// Steps through the page with the Tab key until `wanted` has the focus, which must be seen there.
async function tab(page, wanted) {
  for (let steps = 0; steps < 40; steps++) {
    await page.keyboard.press("Tab");
    const focus = page.locator(":focus");
    if (await focus.count() && (await focus.evaluate((node, wanted) => node.matches(wanted), wanted))) {
      const outline = await focus.evaluate((node) => getComputedStyle(node).outlineStyle);
      assert.notEqual(outline, "none", `${wanted} shows no focus`);
      return;
    }
  }
  assert.fail(`the Tab key never comes to ${wanted}`);
}

// Judges what stands in the window by day on a phone, and by night on a desk.
async function look(page, where) {
  for (const [colorScheme, width] of [["light", 375], ["dark", 1280]]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    if (pictures) await page.screenshot({ path: join(pictures, `${where.replaceAll(/[^a-z]+/g, "-")}-${width}-${colorScheme}.png`), fullPage: true });
    await judge(page, `${where} ${width} ${colorScheme}`);
  }
}

// A token with bytes changed, signed anew with the key, or as it is.
function remade(token, change, isSigned = true) {
  const bytes = Buffer.from(token, "base64url");
  const signed = Buffer.from(bytes.subarray(0, -16));
  change(signed);
  assert.equal(createHash("sha256").update(`offwatch link key: ${world.key}`).digest().subarray(0, 4).compare(signed, 1, 5), 0);
  const tag = createHmac("sha256", world.key).update(signed).digest().subarray(0, 16);
  return Buffer.concat([signed, isSigned ? tag : bytes.subarray(-16)]).toString("base64url");
}

// What each link asks, how its form is filled in, and what its button says.
const first = (page) => page.getByRole("radio").first().check();
const questions = {
  written: { fill: async () => {}, button: "Yes, it is written" },
  waived: { fill: (page) => page.getByLabel("Reason, if you like to give one").fill("Not this time"), button: "Yes, none is needed" },
  hand: { fill: first, button: "Hand it over" },
  snooze: { fill: first, button: "Remind me then" },
};

const steps = {
  // Whoever only looks at a link, by whatever means, says nothing.
  async "looking changes nothing"() {
    const { context, page } = await window();
    for (const token of [world.links.written, world.links.waived]) {
      for (const headers of [{}, { purpose: "prefetch" }, { "sec-purpose": "prefetch;prerender" }]) {
        assert.equal((await context.request.get(at(token), { headers })).status(), 200);
        assert.equal((await context.request.head(at(token), { headers })).status(), 200);
      }
    }
    assert.ok(!(await go(page, at(world.links.written), 200, "written")).includes(SAID));
    await context.close();
  },

  async "a double click on any link says it once, and one undo takes it back"() {
    for (const [name, { fill, button }] of Object.entries(questions)) {
      const { context, page } = await window();
      listen(page, name);
      await go(page, at(world.links[name]), 200, name);
      await fill(page);
      await page.getByRole("button", { name: button }).dblclick();
      await page.getByRole("heading", { name: "Thank you, noted" }).waitFor();
      await page.waitForLoadState();
      await validate(await page.content(), `${name}, noted`);
      // The form sent once more has the same answer, with the same undo.
      const shown = await page.locator("main").innerHTML();
      await page.reload();
      assert.equal(await page.locator("main").innerHTML(), shown, `${name}: sent again it is answered otherwise`);
      await page.getByRole("button", { name: "Undo" }).click();
      await page.getByRole("heading", { name: "It is taken back" }).waitFor();
      // Had it been said twice, one of the two would stand.
      assert.ok(!(await go(page, at(world.links[name]), 200, `${name}, after`)).includes(SAID), name);
      await context.close();
    }
  },

  async "a briefing is written by a click, a double click says it once, and it is undone"() {
    const { context, page } = await window();
    listen(page, "written");
    await go(page, at(world.links.written), 200, "written");
    assert.equal(await heading(page), "Is the briefing written?");
    await look(page, "written");
    await page.getByRole("button", { name: "Yes, it is written" }).dblclick();
    await page.getByRole("heading", { name: "Thank you, noted" }).waitFor();
    await validate(await page.content(), "written, noted");
    await look(page, "written, noted");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("heading", { name: "It is taken back" }).waitFor();
    await validate(await page.content(), "undone");
    await look(page, "undone");
    // Had it been said twice, one of the two would stand.
    assert.ok(!(await go(page, at(world.links.waived), 200, "waived")).includes(SAID));
    await context.close();
  },

  async "it is said to be needless with scripts switched off"() {
    const { context, page } = await window({ javaScriptEnabled: false });
    await go(page, at(world.links.waived), 200, "waived");
    assert.equal(await heading(page), "Is no briefing needed?");
    await page.getByLabel("Reason, if you like to give one").fill("They do it <b>alone</b>");
    await page.getByRole("button", { name: "Yes, none is needed" }).click();
    assert.equal(await heading(page), "Thank you, noted");
    assert.ok((await go(page, at(world.links.written), 200, "written, after")).includes(SAID));
    assert.ok((await page.locator("main").innerText()).includes("(They do it <b>alone</b>)"));
    await go(page, at(world.links.waived), 200, "waived, again");
    await page.getByRole("button", { name: "Yes, none is needed" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    assert.equal(await heading(page), "It is taken back");
    await context.close();
  },

  async "it is handed on with the keyboard alone, and taken back so"() {
    const { context, page } = await window();
    listen(page, "hand");
    await go(page, at(world.links.hand), 200, "hand");
    assert.equal(await heading(page), "Who is to write the briefing?");
    await look(page, "hand");
    // Nothing is sent before somebody is chosen.
    await tab(page, "button");
    await page.keyboard.press("Enter");
    assert.equal(await heading(page), "Who is to write the briefing?");
    await go(page, at(world.links.hand), 200, "hand");
    await tab(page, "input[type=radio]");
    await page.keyboard.press("Space");
    await tab(page, "button");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Thank you, noted" }).waitFor();
    assert.ok((await page.locator("main").innerText()).includes("Noted: Cem Ö. is to write the briefing."));
    await tab(page, "button");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "It is taken back" }).waitFor();
    await context.close();
  },

  async "a reminder is put off and that is undone"() {
    const { context, page } = await window();
    listen(page, "snooze");
    await go(page, at(world.links.snooze), 200, "snooze");
    await look(page, "snooze");
    await page.getByRole("radio").first().check();
    await page.getByRole("button", { name: "Remind me then" }).click();
    await page.getByRole("heading", { name: "Thank you, noted" }).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("heading", { name: "It is taken back" }).waitFor();
    await context.close();
  },

  // Byte 5 is what a token is for, 6 to 13 its instant, 14 to 21 its end.
  async "links that are over, forged or for something else do nothing"() {
    const { context, page } = await window();
    const good = world.links.written;
    const bad = {
      over: remade(good, (bytes) => bytes.writeBigInt64BE(1n, 14)),
      forged: remade(good, (bytes) => bytes.writeBigInt64BE(2524608000n, 14), false),
      "for something else, forged": remade(good, (bytes) => bytes.writeUInt8(2, 5), false),
      "for nothing": remade(good, (bytes) => bytes.writeUInt8(9, 5)),
    };
    for (const [why, token] of Object.entries(bad)) {
      await go(page, at(token), 404, why);
      assert.equal(await heading(page), "Nothing here", why);
      assert.equal((await context.request.post(at(token), { form: { confirm: "yes" } })).status(), 404, why);
    }
    await look(page, "nothing here");
    // Well signed, but nothing was said then.
    await go(page, at(remade(good, (bytes) => bytes.writeUInt8(5, 5))), 200, "undo of nothing");
    assert.equal(await page.getByRole("button").count(), 0);
    await look(page, "undo of nothing");
    assert.ok(!(await go(page, at(world.links.waived), 200, "waived")).includes(SAID));
    await context.close();
  },

  async "the board asks for the token, and shows itself with the keyboard alone"() {
    const { context, page } = await window();
    await go(page, `${world.board}/board`, 401, "door");
    assert.equal(await heading(page), "Token wanted");
    await look(page, "door");
    await page.getByLabel("Token").fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByText("That is not the token.").waitFor();
    await look(page, "wrong token");
    await tab(page, "input[type=password]");
    await page.keyboard.type(world.token);
    await tab(page, "button");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Board", level: 1 }).waitFor();
    assert.equal(page.url(), `${world.board}/board`);
    const cookies = await context.cookies();
    assert.ok(cookies.length === 1 && cookies[0].httpOnly && cookies[0].sameSite === "Lax", JSON.stringify(cookies));
    listen(page, "board");
    // Every page that the board leads to, and back.
    await go(page, `${world.board}/board`, 200, "board");
    await look(page, "board");
    const links = await page.locator("main a").evaluateAll((all) => [...new Set(all.map((link) => link.href))]);
    const pages = links.filter((link) => link.startsWith(world.board) && !link.includes("#"));
    assert.ok(pages.length >= 6, pages.join(" "));
    const kinds = new Set();
    for (const link of pages) {
      await go(page, link, 200, link);
      // Those of one kind are alike.
      const kind = link.replace(world.board, "").replace(/[^/=]*$/, "");
      if (!kinds.has(kind)) await look(page, kind);
      kinds.add(kind);
    }
    assert.ok(["/board/task/", "/board/engineer/", "/board/account/"].every((kind) => kinds.has(kind)), [...kinds].join(" "));
    await page.getByRole("link", { name: "offwatch board" }).click();
    await page.getByRole("heading", { name: "Board", level: 1 }).waitFor();
    await tab(page, "a[href^='board/task/']");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/board\/task\//);
    const nowhere = await context.newPage();
    await go(nowhere, `${world.board}/board/engineer/nobody`, 404, "no page");
    await look(nowhere, "no page");
    await context.close();
  },

  async "the board needs no script and changes nothing"() {
    const { context, page } = await window({ javaScriptEnabled: false, extraHTTPHeaders: { authorization: `Bearer ${world.token}` } });
    await go(page, `${world.board}/board`, 200, "board");
    await page.locator("summary").click();
    await page.locator("nav a").first().click();
    assert.ok(page.url().startsWith(`${world.board}/board?account=`), page.url());
    for (const method of ["POST", "PUT", "DELETE"]) assert.equal((await context.request.fetch(`${world.board}/board`, { method })).status(), 404);
    await context.close();
  },

  async "who asks too often is told so on a page like the others"() {
    const { context, page } = await window();
    // Each minute begins anew, perhaps just now.
    let answer;
    for (let times = 0; times < 100 && answer?.status() !== 429; times++) answer = await page.goto(at(world.links.spare));
    assert.equal(answer.status(), 429);
    await validate(await answer.text(), "too often");
    await look(page, "too often");
    await context.close();
  },
};

for (const [name, step] of Object.entries(steps)) {
  const began = Date.now();
  try {
    await step();
    console.log(`${name}: fine, ${Date.now() - began} ms`);
  } catch (error) {
    findings.push(`${name}: ${error.stack}`);
  }
}
await browser.close();
console.log(findings.join("\n") || `${browserVersion}: nothing found`);
process.exitCode = findings.length === 0 ? 0 : 1;
