import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { tempDir } from '../support/app.ts';
import { chromiumOrSkip, closeChromium } from '../support/chromium.ts';
import { checkout, run, start, testNode, type Running } from '../support/run.ts';
import { skipOrFail } from '../support/skip-or-fail.ts';
import { eventually, textsOf } from '../viewer/page/browse.ts';

after(closeChromium);

const cli = `${checkout}dist/cli.js`;
const demo = (...args: string[]) => ({ args: [cli, 'demo', ...args] });

/** Asked to end before it is killed: only then are its services gone too. */
function startDemo(t: TestContext, ...args: string[]): Running {
  let running: Running | undefined;
  t.after(async () => {
    running?.signal('SIGTERM');
    await running?.ended;
  });
  running = start(t, demo(...args));
  return running;
}

/** A drawn trace, whatever its durations were. */
function untimed(tree: string): string {
  return tree.trim().replaceAll(/\d[\d.]* (?:µs|ms|s)\b/g, '…');
}

test('--once draws four traces of three services, the failed one as the README has it, and ends by itself', async () => {
  const { code, stdout, stderr } = await run(demo('--once', '--port', '0'));
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^GET \/users\/1 {2}200 {2}.*"Analytical Engine"/m);
  assert.match(stdout, /^GET \/users\/3 {2}502 {2}.*profile-srv answered 500$/m);
  assert.match(stdout, /^GET \/users\/4 {2}404 {2}.*no user 4$/m);
  const traces = stdout.split(/^trace [\da-f]{32}\n/m).slice(1);
  assert.equal(traces.length, 4, stdout);
  const [, shown = assert.fail()] =
    /^```text\ntrace [\da-f]{32}\n(.*?)^```$/ms.exec(readFileSync(`${checkout}README.md`, 'utf8')) ?? [];
  assert.equal(untimed(traces[2] ?? ''), untimed(shown));
  const ofAda = untimed(shown)
    .replaceAll(/ ✗ .*$/gm, '')
    .replaceAll(/\b3\b/g, '1');
  assert.equal(untimed(traces[0] ?? ''), ofAda);
  assert.ok(!stdout.includes('\u001b'));
});

test('the page shows a trace of three services in a real Chromium, drawn from the start on; Ctrl-C ends all in a second', async (t) => {
  const browser = await chromiumOrSkip(t);
  if (!browser) return;
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const troubles: string[] = [];
  page.on('console', (message) => void troubles.push(message.text()));
  page.on('pageerror', (error) => void troubles.push(String(error)));

  const startedMs = performance.now();
  const running = startDemo(t, '--live', '--port', '0');
  const [, url = ''] = await running.ready(/^Traces {2}(http:\/\/127\.0\.0\.1:\d+)$/m);
  await page.goto(url);
  const whole = ['gateway', 'user-srv', 'profile-srv'].reduce(
    (rows, name) => rows.filter({ hasText: name }),
    page.locator('.trace-row', { hasText: 'GET /users/:id' }),
  );
  await whole.first().waitFor();
  t.diagnostic(`the first trace is drawn ${Math.round(performance.now() - startedMs)} ms after the start`);

  await running.ready(/Requests go on until Ctrl-C/);
  await whole
    .filter({ hasText: /\d errors/ })
    .first()
    .click();
  await eventually(
    async () => [...new Set(await textsOf(page, '.span-row .svc'))],
    ['gateway', 'user-srv', 'profile-srv'],
  );
  assert.deepEqual(troubles, []);

  const children = childrenOf(running.pid);
  assert.equal(children.length, 3);
  const signalledMs = performance.now();
  running.signal('SIGINT');
  const { code, stderr } = await running.ended;
  t.diagnostic(`ended ${Math.round(performance.now() - signalledMs)} ms after Ctrl-C`);
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(children.filter(isRunning), []);
  await page.close();
});

test('where nobody sits at a terminal it draws the first traces, and goes on for 20 s with its page', async (t) => {
  const running = startDemo(t, '--port', '0');
  const [text] = await running.ready(/.*Requests go on for 20 s; see (http:\S+)\n/s);
  assert.equal(text.match(/^trace [\da-f]{32}$/gm)?.length, 4, text);
  const [, url = ''] = /^Traces {2}(http:\S+)$/m.exec(text) ?? [];
  const answer = (await (await fetch(`${url}/api/services`)).json()) as { data: string[] };
  assert.deepEqual(answer.data, ['gateway', 'profile-srv', 'user-srv']);
  running.signal('SIGTERM');
  assert.deepEqual(await running.ended.then(({ code, stderr }) => [code, stderr]), [143, '']);
});

test('where a Jaeger listens the traces are in it, under the addresses that are printed', async (t) => {
  // a network of its own: the ports are Jaeger's
  const script = `ip link set lo up && "$0" "$1" view --json > /dev/null & viewer=$!
    until "$0" -e 'fetch("http://127.0.0.1:16686/api/services").catch(() => process.exit(1))'; do sleep 0.1; done
    "$0" "$1" demo --once && "$0" -e 'fetch("http://127.0.0.1:16686/api/traces?service=profile-srv").then((answer) => answer.json())
      .then(({ data }) => console.log(JSON.stringify(data.map(({ traceID }) => traceID))))'
    kill $viewer; wait $viewer`;
  if ((await run({ node: 'unshare', args: ['-n', 'true'] })).code !== 0) {
    return skipOrFail(t, 'no network of its own can be made here');
  }
  const { stdout, stderr } = await run({ node: 'unshare', args: ['-n', 'sh', '-c', script, testNode, cli] });
  assert.match(stdout, /^A Jaeger listens on port 14268, and shows the traces: http:\/\/127\.0\.0\.1:16686\n/);
  const links = [...stdout.matchAll(/http:\/\/127\.0\.0\.1:16686\/trace\/([\da-f]{32}) {2}\((\d) spans\)/g)];
  assert.deepEqual(
    links.map(([, , spans]) => spans),
    ['8', '8', '8', '5'],
    stdout + stderr,
  );
  const known = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as string[];
  assert.deepEqual(new Set(known), new Set(links.slice(0, 3).map(([, id]) => id)));
});

test('installed as a package it says what it needs, and runs once that is there', async (t) => {
  const modules = join(tempDir(t), 'node_modules');
  const installed = join(modules, 'otel-preload');
  const { files } = JSON.parse(readFileSync(`${checkout}package.json`, 'utf8')) as { files: string[] };
  for (const file of ['package.json', ...files.filter((name) => !name.startsWith('!') && name !== 'docs')]) {
    cpSync(join(checkout, file), join(installed, file), { recursive: true });
  }
  const once = { args: [join(installed, 'dist/cli.js'), 'demo', '--once', '--port', '0'] };
  const { code, stdout, stderr } = await run(once);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(
    stderr,
    /^otel-preload: the demo's services need express, @grpc\/grpc-js, @grpc\/proto-loader, which .*; npm install --no-save express .*\n$/,
  );
  for (const name of ['express', '@grpc/grpc-js', '@grpc/proto-loader', '@opentelemetry/api']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(checkout, 'node_modules', name), join(modules, name));
  }
  const complete = await run(once);
  assert.deepEqual([complete.code, complete.stderr], [0, '']);
  assert.match(complete.stdout, /profile-srv server GET \/profiles\/1/);
});

function childrenOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
}

function isRunning(pid: string): boolean {
  return existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
}
