// lab_test.mjs ADDRESS NOTEBOOK PICTURES SCREENSHOT: opens a notebook of a running
// JupyterLab that does not trust it, and fails unless every cell that drew a picture
// shows one. The screenshot is of the first picture's surroundings.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [address, notebook, pictures, screenshot] = process.argv.slice(2);
const browserTests = path.resolve(import.meta.dirname, '../../browser');
const { chromium } = createRequire(path.join(browserTests, 'package.json'))('playwright-core');

const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => p && existsSync(p));
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'] });
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
  page.setDefaultTimeout(120_000);
  const url = new URL(address);
  url.pathname = `/lab/tree/${notebook}`;
  url.searchParams.set('reset', '');
  await page.goto(url.href);
  await page.waitForSelector('.jp-Notebook .jp-Cell');
  await page.waitForFunction((n) => document.querySelectorAll('.jp-Notebook .jp-OutputArea-output img, .jp-Notebook .jp-OutputArea-output svg').length >= n, Number(pictures))
    .catch(() => {}); // counted below
  const shown = await page.evaluate(async () => {
    const found = { pixels: 0, empty: 0, vectors: 0, texts: [] };
    for (const output of document.querySelectorAll('.jp-Notebook .jp-OutputArea-output')) {
      const image = output.querySelector('img');
      if (image) {
        await image.decode().catch(() => {});
        if (image.naturalWidth > 10 && image.clientWidth > 10) found.pixels++; else found.empty++;
      } else if (output.querySelector('svg')) found.vectors++;
      else if (/^(\*plots\.Figure|drawing\.Drawing)/.test(output.textContent.trim())) found.texts.push(output.textContent.trim());
    }
    return found;
  });
  console.log(`JupyterLab: ${notebook}, not trusted: ${shown.pixels} pictures as PNG, ${shown.vectors} as SVG`);
  const first = page.locator('.jp-Notebook .jp-OutputArea-output img').first();
  if (await first.count()) await first.scrollIntoViewIfNeeded();
  await page.waitForTimeout(500);
  await page.screenshot({ path: screenshot });
  if (shown.vectors) throw new Error('SVG is shown: JupyterLab trusts the notebook, so this tests nothing');
  if (shown.pixels !== Number(pictures) || shown.empty || shown.texts.length) {
    throw new Error(`${pictures} cells drew a picture, ${shown.pixels} show one; texts instead: ${shown.texts.join(', ') || 'none'}`);
  }
} finally {
  await browser.close();
}
