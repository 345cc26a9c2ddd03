import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkout, run, start } from '../support/run.ts';

const demo = { node: process.execPath, args: ['scripts/demo.ts'], cwd: checkout };

test('the demo shows three traces with both services, the helper and an error, and ends by itself', async () => {
  const { code, stdout, stderr } = await run(demo);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, '');
  assert.match(stdout, /GET \/users\/3 {2}404 {2}no user 3/);
  if (/in that Jaeger/.test(stdout)) {
    assert.equal(stdout.match(/16686\/trace\/[\da-f]{32} {2}\(4 spans\)/g)?.length, 3, stdout);
    return;
  }
  const tree =
    /^gateway server GET \/users\/\d .*\n└─ gateway client grpc\.user\.UserSrvServer\/GetUserInfo .*\n {3}└─ user-srv server grpc\.user\.UserSrvServer\/GetUserInfo .*\n {6}└─ user-srv find user /gm;
  assert.equal(stdout.match(tree)?.length, 3, stdout);
});

test('Ctrl-C ends the demo with code 130 and leaves no service behind', async (t) => {
  const running = start(t, demo);
  await running.ready(/Two services run/);
  const children = readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, 'utf8').trim().split(' ');
  assert.equal(children.length, 2);
  running.signal('SIGINT');
  const { code } = await running.ended;
  assert.equal(code, 130);
  const left = children.filter(
    (pid) => existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '',
  );
  assert.deepEqual(left, []);
});
