import assert from 'node:assert/strict';
import { createServer, get, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { send, sendJson, sendPieces, sendText } from '../../../src/viewer/http/answer.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import { ask } from '../support.ts';

async function serve(t: Cleanup, answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('every answer forbids scripts, styles and requests from elsewhere, and sniffing', async (t) => {
  const url = await serve(t, (response) => sendJson(response, 200, { a: 1 }));
  const { headers, text } = await ask(url);
  assert.equal(text, '{"a":1}');
  assert.match(String(headers['content-security-policy']), /^default-src 'none'; script-src 'self'; style-src 'self';/);
  assert.doesNotMatch(String(headers['content-security-policy']), /unsafe|\*|http/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['access-control-allow-origin'], undefined);
});

test('text is text, and a second answer to one request is none', async (t) => {
  const url = await serve(t, (response) => {
    sendText(response, 404, '<b>not found</b>');
    send(response, 200, 'again');
  });
  const { status, headers, text } = await ask(url);
  assert.deepEqual([status, headers['content-type'], text], [404, 'text/plain; charset=utf-8', '<b>not found</b>\n']);
});

test('pieces wait for the reader, and end with him', async (t) => {
  let made = 0;
  let end = (): void => {};
  const over = new Promise<void>((resolve) => (end = resolve));
  async function* pieces(): AsyncGenerator<string> {
    try {
      for (; made < 20_000; made++) yield 'x'.repeat(10_000);
    } finally {
      end();
    }
  }
  const url = await serve(t, (response) => void sendPieces(response, pieces()));
  const asked = get(url);
  asked.on('error', () => {});
  const response = await new Promise<import('node:http').IncomingMessage>((resolve) => asked.once('response', resolve));
  response.pause();
  await delay(100);
  const whenPaused = made;
  assert.ok(whenPaused < 5000, `${whenPaused} pieces of 10 KB for nobody`);
  await delay(50);
  assert.equal(made, whenPaused);
  response.destroy();
  await over;
});

test('all pieces arrive', async (t) => {
  async function* pieces(): AsyncGenerator<string> {
    for (let n = 0; n < 50_000; n++) yield `${n},`;
  }
  const url = await serve(t, (response) => void sendPieces(response, pieces()));
  const { text } = await ask(url);
  assert.ok(text.endsWith('49998,49999,'));
  assert.equal(text.split(',').length, 50_001);
});
