import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, tempDir } from './app.ts';
import { freePorts, refusedPort } from './ports.ts';
import { checkout, preload, run, start } from './run.ts';

test('a program starts with PATH, HOME and TMPDIR alone, and what the test adds', async () => {
  const { stdout } = await run({
    args: ['-p', 'JSON.stringify(Object.keys(process.env).sort())'],
    env: { ADDED: '1', HOME: undefined, TMPDIR: '/tmp' },
  });
  const added = new Set(['ADDED', 'PATH', 'TMPDIR', '__CF_USER_TEXT_ENCODING']);
  assert.deepEqual(
    (JSON.parse(stdout) as string[]).filter((name) => !added.has(name)),
    [],
  );
});

test('code, signal, both outputs and the input are those of the process', async () => {
  const echo =
    'process.stdin.on("data", (text) => console.log(`got ${text}`)).on("end", () => { console.error("end"); process.exitCode = 7 })';
  const ended = await run({ args: ['-e', echo], input: 'hello' });
  assert.deepEqual([ended.code, ended.signal, ended.stdout, ended.stderr], [7, null, 'got hello\n', 'end\n']);
  const killed = await run({ args: ['-e', 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)'] });
  assert.deepEqual([killed.code, killed.signal], [null, 'SIGTERM']);
});

test('a program that hangs is killed and its output told', async () => {
  const hangs = run({ args: ['-e', 'console.log("here"); setInterval(() => {}, 1000)'], timeoutMs: 400 });
  await assert.rejects(hangs, /still ran after 400 ms; killed\n--- stdout\nhere/);
});

test('a server is waited for, signalled and read to its end', async (t) => {
  const server = start(t, { args: ['-e', 'console.log("on port " + 4711); setInterval(() => {}, 1000)'] });
  const [, port] = await server.ready(/on port (\d+)/);
  assert.equal(port, '4711');
  server.signal('SIGINT');
  assert.equal((await server.ended).signal, 'SIGINT');
  await assert.rejects(server.ready(/never/), /ended \(SIGINT\) before it printed/);
});

test('a program that cannot be started is an error, not the end of the runner', async (t) => {
  await assert.rejects(run({ node: '/nowhere/node', args: [] }), /ENOENT/);
  await assert.rejects(start(t, { node: '/nowhere/node', args: [] }).ready(/x/), /could not be started/);
});

test("an app has the checkout's packages, its own among them, and otel-preload by name", async (t) => {
  const dir = app(t, {
    'package.json': { type: 'module' },
    'app.js': `import express from 'express'; import { trace } from '@opentelemetry/api'; import own from 'own';
      import { createRequire } from 'node:module';
      console.log(typeof express, trace.mine, own, createRequire(import.meta.url).resolve('@opentelemetry/core').length > 0);`,
    'node_modules/own/package.json': { name: 'own', main: 'own.js' },
    'node_modules/own/own.js': 'module.exports = 42',
    'node_modules/@opentelemetry/api/package.json': { name: '@opentelemetry/api', main: 'api.js' },
    'node_modules/@opentelemetry/api/api.js': 'exports.trace = { mine: true }',
  });
  const ended = await run({ args: ['app.js'], cwd: dir });
  assert.deepEqual([ended.stdout, ended.stderr, ended.code], ['function true 42 true\n', '', 0]);
  assert.ok(existsSync(join(dir, 'node_modules/otel-preload/register')));
  assert.ok(existsSync(join(checkout, 'node_modules/@opentelemetry/api/dist')), 'nothing is written through a link');
  assert.ok(existsSync(preload));
});

test('a directory is gone after the test, the linked packages are not', async () => {
  const ends: (() => Promise<void> | void)[] = [];
  const cleanup = { after: (end: () => Promise<void> | void) => void ends.push(end) };
  const [plain, linked] = [tempDir(cleanup), app(cleanup, {})];
  writeFileSync(join(plain, 'file'), '');
  for (const end of ends) await end();
  assert.deepEqual([plain, linked].map(existsSync), [false, false]);
  assert.ok(existsSync(join(checkout, 'node_modules/express')));
});

test('free ports differ, and a refused one refuses', async () => {
  assert.equal(new Set(await freePorts(8)).size, 8);
  const socket = connect(await refusedPort(), '127.0.0.1');
  const error = await new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve));
  assert.equal(error.code, 'ECONNREFUSED');
});
