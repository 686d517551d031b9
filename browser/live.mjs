// live.mjs [--screenshots DIR] DEMO: opens the page of 'DEMO train --serve' while it
// trains, presses its buttons, goes on after a stop, and looks into the finished
// network. It fails if anything does not do what it says, if the console complains,
// if something is wider than the screen, or if axe-core has a serious finding.
import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import net from 'node:net';
import { launch, screenshotsOf, violations, watch } from './chromium.mjs';

const args = process.argv.slice(2);
const screenshots = await screenshotsOf(args);
if (args.length !== 1) { console.error('usage: live.mjs [--screenshots DIR] DEMO'); process.exit(2); }
const demo = path.resolve(args[0]);
const folder = await mkdtemp(path.join(os.tmpdir(), 'live-'));

let wrong = 0;
const check = (what, ok, more = '') => { if (!ok) { wrong++; console.error(`live: ${what}${more === '' ? '' : `: ${more}`}`); } };

// start runs the demo until its page is there.
const processes = [];
function start(...words) {
  const p = spawn(demo, words, { cwd: folder, stdio: ['ignore', 'inherit', 'pipe'] });
  processes.push(p);
  p.ended = new Promise((done) => p.on('exit', (code) => done(code)));
  return new Promise((done, fail) => {
    let text = '';
    const read = (chunk) => {
      text += chunk;
      const m = text.match(/live page: (\S+)/);
      if (m) done([m[1], p]);
    };
    p.stderr.on('data', read);
    p.on('exit', () => fail(new Error(`${words.join(' ')}: ended without a page: ${text}`)));
  });
}

const browser = await launch();
const seen = (page, f, arg) => page.waitForFunction(f, arg, { timeout: 60000, polling: 50 });
const state = (page) => page.evaluate(() => ({ ...window.stheno.state, updates: window.stheno.updates, points: window.stheno.points.length }));
const lit = () => { const s = [...document.querySelectorAll('#maps section')]; return !window.stheno.busy && s.length > 3 && s.every((x) => x.classList.contains('lit')); };

async function open(url, { width = 1440, scheme = 'light', locale = 'en-US' } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, locale });
  const page = await context.newPage();
  page.complaints = watch(page, (u) => u.startsWith(url));
  await page.goto(url);
  await seen(page, () => window.stheno?.meta && window.stheno?.frame);
  return page;
}

async function look(page, name) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(`${name}: wider than the screen`, over <= 0, `${over} pixels`);
  for (const v of await violations(page)) check(name, false, v);
  if (screenshots) await page.screenshot({ path: path.join(screenshots, `live-${name}.png`), fullPage: true });
}

try {
  // A run that is watched, by two viewers and one that reads nothing.
  let [url, trainer] = await start('train', '--out', 'run', '--epochs', '400', '--limit', '1000', '-q', '--serve=127.0.0.1:0');
  const { hostname, port } = new URL(url);
  const stalled = net.connect(Number(port), hostname, () => stalled.write(`GET /events HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`));
  stalled.pause();
  const page = await open(url);
  await seen(page, () => window.stheno.points.length > 20 && window.stheno.epochs.length > 1);
  let before = await state(page);
  await seen(page, (n) => window.stheno.state.total > n + 20, before.total);
  const chart = () => page.evaluate(() => document.getElementById('loss').toDataURL());
  const drawn = await chart();
  await seen(page, (n) => window.stheno.state.total > n + 20, (await state(page)).total);
  check('the curve does not move', drawn !== await chart());
  const second = await open(url, { width: 390, scheme: 'dark', locale: 'ko-KR' });
  check('the second viewer has no curve', (await state(second)).points > 20);
  check('a Korean browser is not greeted in Korean', (await second.textContent('#pause-text')) === '일시 정지');

  // Pause, one step, go on.
  await page.click('#pause');
  await seen(page, () => window.stheno.state.state === 'paused');
  await seen(second, () => window.stheno.state.state === 'paused');
  before = await state(page);
  await page.waitForTimeout(400);
  check('steps are done in a pause', (await state(page)).total === before.total);
  await page.click('#step');
  await seen(page, (n) => window.stheno.state.total === n + 1 && window.stheno.state.state === 'paused', before.total);
  await look(page, 'paused');
  await look(second, 'phone-dark-korean');
  check('the scalpel is not offered in a pause', await page.isVisible('#cut-0, #cutunit-0'));

  // The learning rate, by the keyboard.
  await page.focus('#slower');
  await page.keyboard.press('Enter');
  await seen(page, () => window.stheno.state.factor === 0.5);
  await seen(second, () => window.stheno.changes.length === 1);
  await second.click('#pause');
  await seen(page, (n) => window.stheno.state.total > n + 5, before.total);

  // A stretch of the curves, large.
  const loss = await page.locator('#loss').boundingBox();
  await page.mouse.move(loss.x + loss.width * 0.4, loss.y + 60);
  await page.mouse.down();
  await page.mouse.move(loss.x + loss.width * 0.7, loss.y + 60, { steps: 3 });
  await page.mouse.up();
  check('no way back from a part of the curves', await page.isVisible('#whole'));
  await page.click('#whole');

  // Blocks and their histograms.
  const colour = () => page.evaluate(() => document.querySelector('#art g.box[data-path="conv1"] rect')?.style.fill);
  await seen(page, () => document.querySelector('#art g.box[data-path="conv1"] rect')?.style.fill);
  const was = await colour();
  await page.click('#art g.box[data-path="conv1"]');
  await page.click('#modes label:nth-of-type(2)');
  check('the drawing does not change its colour', was !== await colour(), was);
  check('the chosen layer has no histogram', await page.isVisible('#chosen canvas'));
  await page.click('#modes label:nth-of-type(3)');
  check('the mode does not change', (await page.textContent('#mode-text')).includes('0 everywhere'));

  await page.click('#views label:nth-of-type(2)');
  check('the blocks are not shown', await page.isVisible('#net [data-path="conv1"]'));
  await page.click('#views label:nth-of-type(1)');

  // Another page can't press a button, whatever it tries.
  const stranger = createServer((_, w) => { w.setHeader('Content-Type', 'text/html'); w.end('<p>stranger</p>'); });
  await new Promise((done) => stranger.listen(0, '127.0.0.1', done));
  const other = await (await browser.newContext()).newPage();
  await other.goto(`http://127.0.0.1:${stranger.address().port}/`);
  const tried = await other.evaluate(async (target) => {
    const out = [];
    for (const [type, mode] of [['application/json', 'cors'], ['text/plain', 'no-cors'], ['text/plain', 'cors']]) {
      out.push(await fetch(`${target}control`, { method: 'POST', mode, headers: { 'Content-Type': type }, body: '{"do":"stop"}' }).then((r) => `${r.type} ${r.status}`, () => 'refused'));
    }
    return out;
  }, url);
  check('a stranger reads an answer', tried.every((t) => t === 'refused' || t === 'opaque 0'), tried.join(', '));
  await page.waitForTimeout(200);
  check('a stranger stopped the training', (await state(page)).state === 'running');
  stranger.close();

  // Stop, and go on.
  await page.click('#stop');
  await seen(page, () => window.stheno.state.state === 'stopped');
  before = await state(page);
  check('the page does not say how to go on', (await page.textContent('#stopped-command')) === 'demo train --resume run --serve');
  await look(page, 'stopped');
  for (const p of [page, second]) { check('complaints', p.complaints.length === 0, p.complaints.join('; ')); await p.context().close(); }
  stalled.destroy();
  check('the demo did not end well after a stop', (await trainer.ended) === 0);
  [url, trainer] = await start('train', '--resume', 'run', '-q', '--serve=127.0.0.1:0');
  const again = await open(url);
  await seen(again, (n) => window.stheno.state.total > n, before.total);
  const now = await state(again);
  check('the run does not go on where it was', now.epoch >= before.epoch && now.factor === 0.5 && await again.evaluate(() => window.stheno.changes.length === 1), JSON.stringify(now));
  await again.click('#stop');
  await seen(again, () => window.stheno.state.state === 'stopped');
  check('complaints', again.complaints.length === 0, again.complaints.join('; '));
  await again.context().close();
  await trainer.ended;

  // The finished network: a sample, a digit, a kernel, the scalpel.
  execFileSync(demo, ['train', '-q', '--out', 'digits'], { cwd: folder });
  [url] = await start('live', 'digits', '--serve', '127.0.0.1:0');
  for (const [width, scheme, locale] of [[1440, 'light', 'en-US'], [390, 'dark', 'ko-KR'], [1440, 'dark', 'en-US'], [390, 'light', 'en-US']]) {
    const live = await open(url, { width, scheme, locale });
    await live.click('#samples button:nth-child(3)');
    await seen(live, lit);
    const box = await live.locator('#pad').boundingBox();
    await live.click('#clear');
    await live.locator('#pad').scrollIntoViewIfNeeded();
    const pad = (await live.locator('#pad').boundingBox()) ?? box;
    await live.mouse.move(pad.x + pad.width * 0.52, pad.y + pad.height * 0.15);
    await live.mouse.down();
    await live.mouse.move(pad.x + pad.width * 0.5, pad.y + pad.height * 0.85, { steps: 8 });
    await live.mouse.up();
    await seen(live, lit);
    check('a drawn 1 is taken for something else', await live.evaluate(() => window.stheno.meta.classes[window.stheno.way.guesses[0].c]) === '1');
    await live.click('#maps section:nth-child(1) .row button:nth-child(2)');
    await seen(live, () => window.stheno.kernel);
    const k = await live.evaluate(() => window.stheno.kernel);
    check('the kernel\'s sum is not the network\'s value', Math.abs(k.sum - k.value) < 1e-3, `${k.sum} and ${k.value}`);
    await live.click('#cutunit-0');
    await seen(live, () => window.stheno.scalpel?.cuts.length === 1);
    check('the accuracy is not told', (await live.textContent('#scalpel strong')).includes('%'));
    await look(live, `trained-${width}-${scheme}`);
    await live.click('#restore');
    await seen(live, () => window.stheno.scalpel.cuts.length === 0);
    await live.click('#language');
    check('the language does not change', (await live.getAttribute('html', 'lang')) === (locale === 'ko-KR' ? 'en' : 'ko'));
    check('complaints', live.complaints.length === 0, live.complaints.join('; '));
    await live.context().close();
  }
} catch (e) {
  wrong++;
  console.error(`live: ${e.stack}`);
} finally {
  await browser.close();
  for (const p of processes) if (p.exitCode === null) p.kill('SIGKILL');
  await Promise.all(processes.map((p) => p.ended));
  await rm(folder, { recursive: true, force: true });
}
console.log(`live page: ${wrong} findings`);
process.exit(wrong ? 1 : 0);
