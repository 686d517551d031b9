// pages.mjs [--screenshots DIR] FILE|FOLDER...: opens every HTML page from the disk, on a
// phone and on a wide screen, light and dark, in each of its languages, and fails if
// one complains in its console, asks the network for anything, is wider than the
// screen, or has a serious or critical finding of axe-core.
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch, screenshotsOf, violations, watch } from './chromium.mjs';

const args = process.argv.slice(2);
const screenshots = await screenshotsOf(args);

async function* pagesOf(place) {
  if (!(await stat(place)).isDirectory()) { yield place; return; }
  for (const entry of (await readdir(place, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const at = path.join(place, entry.name);
    if (entry.isDirectory()) yield* pagesOf(at);
    else if (entry.name.endsWith('.html')) yield at;
  }
}

const widths = [390, 1440];
const schemes = ['light', 'dark'];

// languages are those that the page's own switch offers.
async function languages(page) {
  const found = await page.evaluate(() => [...document.querySelectorAll('[data-set-lang]')].map((b) => b.dataset.setLang));
  return found.length ? found : [undefined];
}

const browser = await launch();
let opened = 0, wrong = 0;
for (const place of args) {
  for await (const file of pagesOf(place)) {
    const problems = new Set();
    for (const width of widths) {
      for (const colorScheme of schemes) {
        const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' });
        const page = await context.newPage();
        const complaints = watch(page, (url) => /^(file|data|blob):/.test(url));
        await page.goto(pathToFileURL(path.resolve(file)).href);
        for (const language of await languages(page)) {
          const where = [width, colorScheme, language].filter(Boolean).join(' ');
          if (language) await page.click(`[data-set-lang="${language}"]`);
          await page.waitForTimeout(100);
          const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          if (over > 0) problems.add(`${where}: ${over} pixels wider than the screen`);
          for (const v of await violations(page)) problems.add(`${where}: ${v}`);
          if (screenshots) {
            const name = path.relative('.', file).replace(/\.html$/, '').replace(/[^\w]+/g, '-').replace(/^-/, '');
            await page.screenshot({ path: path.join(screenshots, `${name}-${where.replaceAll(' ', '-')}.png`), fullPage: true });
          }
          opened++;
        }
        complaints.forEach((c) => problems.add(`${width} ${colorScheme}: ${c}`));
        await context.close();
      }
    }
    for (const p of problems) console.error(`${file}: ${p}`);
    wrong += problems.size;
  }
}
await browser.close();
if (!opened) { console.error('no page found in ' + args.join(', ')); process.exit(1); }
console.log(`${opened} views opened, ${wrong} findings`);
process.exit(wrong ? 1 : 0);
