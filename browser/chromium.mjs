// Chromium for the tests: Debian's, or the one that CHROMIUM names.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mkdir, readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

// launch starts a browser without a window that talks to nobody by itself.
export async function launch() {
  const executablePath = places.find((p) => p && existsSync(p));
  if (!executablePath) throw new Error(`no Chromium in ${places.filter(Boolean).join(', ')}: set CHROMIUM`);
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

const require = createRequire(import.meta.url);
const axeSource = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');

// violations runs axe-core on a page and returns its serious and critical
// findings, one line each. The script is evaluated through the debugger, so that
// the page's content security policy need not allow it.
export async function violations(page) {
  await page.evaluate(axeSource);
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return result.violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.impact}: ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`);
}

// watch collects what a page complains of: errors in its console, exceptions, and
// requests that fail or that `allowed` does not let through.
export function watch(page, allowed = () => true) {
  const found = [];
  page.on('console', (m) => { if (m.type() === 'error') found.push(`console: ${m.text()}`); });
  page.on('pageerror', (e) => found.push(`exception: ${e.message}`));
  page.on('request', (r) => { if (!allowed(r.url())) found.push(`request for ${r.url()}`); });
  page.on('requestfailed', (r) => { if (r.failure()?.errorText !== 'net::ERR_ABORTED') found.push(`failed: ${r.url()}: ${r.failure()?.errorText}`); });
  return found;
}

// screenshotsOf takes --screenshots DIR off the front of the arguments and makes the
// folder; without it, it returns nothing.
export async function screenshotsOf(args) {
  if (args[0] !== '--screenshots') return undefined;
  const [, folder] = args.splice(0, 2);
  await mkdir(folder, { recursive: true });
  return folder;
}
