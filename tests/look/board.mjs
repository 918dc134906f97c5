// Looks at the board as browsers do: every page under its policy, on a phone and on a desk, by day and by night. Fails on
// what axe-core and html-validate find, on anything wider than the window, and on anything a browser complains about.
// Leaves pictures to be judged by eye. Needs Debian's chromium, and playwright-core, axe-core and html-validate from npm:
//
//   offwatch board --config config/demo/offwatch.toml --from 2027-03-15T00:00:00Z --at 2027-03-17T13:00:00Z --out site
//   NODE_PATH=…/node_modules node tests/look/board.mjs site pictures
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { findings, judge, listen, open, validate } from "./judge.mjs";

const [site, pictures] = process.argv.slice(2);
mkdirSync(pictures, { recursive: true });

// The policy as `src/page` words it, so that this needs no server of offwatch's own.
const style = createHash("sha256").update(readFileSync(new URL("../../src/page/templates/style.css", import.meta.url))).digest("base64");
const policy = `default-src 'none'; style-src 'sha256-${style}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`;

const pages = readdirSync(site, { recursive: true }).filter((page) => page.endsWith(".html")).sort();
for (const page of pages) await validate(readFileSync(join(site, page), "utf8"), page);

const server = createServer((request, answer) => {
  const path = join(site, decodeURIComponent(request.url));
  if (!existsSync(path)) return answer.writeHead(404).end();
  answer.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy }).end(readFileSync(path));
});
await new Promise((open) => server.listen(0, "127.0.0.1", open));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await open();
// Of tasks' pages, which are all alike, a few.
const some = pages.filter((page) => !page.startsWith("task")).concat(pages.filter((page) => page.startsWith("task")).slice(0, 3));
for (const colorScheme of ["light", "dark"]) for (const width of [375, 1280]) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  for (const name of some) {
    const page = await context.newPage();
    const where = `${name} ${width} ${colorScheme}`;
    listen(page, where);
    await page.goto(`${origin}/${name}`);
    await page.screenshot({ path: join(pictures, `${name.replaceAll("/", "-")}-${width}-${colorScheme}.png`), fullPage: true });
    await judge(page, where);
    await page.close();
  }
  await context.close();
}
await browser.close();
server.close();
console.log(findings.join("\n") || `${pages.length} pages, ${some.length} of them looked at in four ways: nothing found`);
process.exitCode = findings.length === 0 ? 0 : 1;
