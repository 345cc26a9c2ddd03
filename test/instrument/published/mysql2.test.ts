import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { mysql2 } from '../../../src/instrument/published/mysql2.ts';
import { only, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();
const server = { database: 'test', serverAddress: 'db', serverPort: 3307 };
const describe = (channel: string, message: object) => mysql2.channels[channel]?.({ ...server, ...message } as never);

test('a query has the first word of its text as its name', () => {
  assert.deepEqual(describe('mysql2:query', { query: 'SELECT name FROM users WHERE id = 7' }), {
    name: 'SELECT',
    kind: SpanKind.CLIENT,
    attributes: {
      'db.system.name': 'mysql',
      'db.namespace': 'test',
      'db.query.text': 'SELECT name FROM users WHERE id = 7',
      'server.address': 'db',
      'server.port': 3307,
    },
  });
  assert.equal(describe('mysql2:query', { query: 'COMMIT' })?.name, 'COMMIT');
});

test('values that were put into a text are masked, a text without any and a prepared one stay as they are', () => {
  const query = "SELECT 1, 'secret'";
  const text = (channel: string, values: unknown) => describe(channel, { query, values })?.attributes['db.query.text'];
  for (const values of [['secret'], { a: 'secret' }, 'secret'])
    assert.equal(text('mysql2:query', values), 'SELECT ?, ?');
  for (const values of [undefined, null, []]) assert.equal(text('mysql2:query', values), query);
  assert.equal(text('mysql2:execute', ['secret']), query);
});

test('no database is none', () => {
  assert.equal(describe('mysql2:query', { query: 'SELECT 1', database: '' })?.attributes['db.namespace'], undefined);
});

test('an error is the status, without an event, whatever it is', () => {
  for (const [error, message] of [
    [new Error('lost'), 'lost'],
    ['text', 'text'],
  ]) {
    const span = trace.getTracer('test').startSpan('SELECT');
    mysql2.recordError(span, error);
    span.end();
    const { status, events } = only(ended);
    assert.deepEqual([status, events], [{ code: SpanStatusCode.ERROR, message }, []]);
  }
});
