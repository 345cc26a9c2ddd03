import assert from 'node:assert/strict';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStream } from '../../../src/viewer/http/event-stream.ts';
import type { Cleanup } from '../../support/cleanup.ts';

async function open(t: Cleanup): Promise<{ stream: EventStream; response: IncomingMessage }> {
  const server = createServer();
  const opened = new Promise<EventStream>((resolve) => {
    server.once('request', (_, response) => resolve(new EventStream(response)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const asked = get({ port: (server.address() as AddressInfo).port });
  asked.on('error', () => {});
  const response = await new Promise<IncomingMessage>((resolve) => asked.once('response', resolve));
  return { stream: await opened, response };
}

test('an event is a name and one line of JSON, whatever is in it', async (t) => {
  const { stream, response } = await open(t);
  assert.equal(response.headers['content-type'], 'text/event-stream');
  let text = '';
  response.setEncoding('utf8').on('data', (part: string) => (text += part));
  await stream.send('rows', { text: 'a\nevent: forged\r\n\u2028' });
  await delay(20);
  assert.deepEqual(text.split('\n\n'), [
    'retry: 1000',
    'event: rows\ndata: {"text":"a\\nevent: forged\\r\\n\u2028"}',
    '',
  ]);
});

test('a reader that does not read holds the sender up, one that goes ends it', async (t) => {
  const { stream, response } = await open(t);
  response.pause();
  let sent = 0;
  const sending = (async () => {
    while (stream.isOpen) {
      await stream.send('rows', 'x'.repeat(100_000));
      sent++;
    }
  })();
  await delay(100);
  const whenPaused = sent;
  await delay(50);
  assert.equal(sent, whenPaused);
  assert.ok(whenPaused < 500, `${whenPaused} of 100 KB`);
  let closed = false;
  stream.onClose(() => (closed = true));
  response.destroy();
  await sending;
  assert.ok(closed);
});
