// What a page is judged by, the same for all scripts here: html-validate, axe-core, its width, and whatever a browser complains
// about. Needs playwright-core, axe-core and html-validate in $NODE_PATH, and Chromium.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const find = createRequire(`${process.env.NODE_PATH ?? process.cwd()}/`);
const { chromium } = find("playwright-core");
const { HtmlValidate } = find("html-validate");
const axe = readFileSync(find.resolve("axe-core/axe.min.js"), "utf8");
// A title may be as long as a task's.
const rules = { "long-title": "off" };
const validator = new HtmlValidate({ extends: ["html-validate:recommended", "html-validate:a11y", "html-validate:document"], rules });

// Everything that was found.
export const findings = [];

// Starts the browser; nothing of it calls home, or waits for a graphics card.
export const open = () =>
  chromium.launch({
    executablePath: process.env.OFFWATCH_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

// Judges a document as it came.
export async function validate(html, where) {
  const report = await validator.validateString(html);
  for (const { messages } of report.results) findings.push(...messages.map(({ line, message }) => `${where}:${line}: ${message}`));
}

// Has everything noted that the browser complains about on that page.
export function listen(page, where) {
  page.on("console", (message) => findings.push(`${where}: ${message.text()}`));
  page.on("pageerror", (error) => findings.push(`${where}: ${error}`));
}

// Judges a page as it stands in the window.
export async function judge(page, where) {
  if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) findings.push(`${where}: too wide`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  findings.push(...violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes[0].html}`));
}
