import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { busySeconds, cpuSeconds, endedChildrenSeconds, memoryOf } from '../../../bench/support/proc.ts';

test('processor time is what the process itself says, to the tick', () => {
  const untilMs = performance.now() + 100;
  while (performance.now() < untilMs);
  const { user, system } = process.cpuUsage();
  assert.ok(Math.abs(cpuSeconds(process.pid) - (user + system) / 1e6) <= 0.03);
});

test('the time of a child counts when it has ended', () => {
  const before = endedChildrenSeconds(process.pid);
  execFileSync(process.execPath, ['-e', 'while (process.cpuUsage().user < 100_000);']);
  assert.ok(endedChildrenSeconds(process.pid) - before >= 0.09);
});

test('the machine is at least as busy as this process', () => {
  assert.ok(busySeconds() > cpuSeconds(process.pid));
});

test('memory is the resident set, and its peak is not less', () => {
  const { rss, peak } = memoryOf(process.pid);
  const mebibytes = process.memoryUsage.rss() / 2 ** 20;
  assert.ok(Math.abs(rss - mebibytes) < mebibytes / 4, `${rss} and ${mebibytes}`);
  assert.ok(peak >= rss);
});
