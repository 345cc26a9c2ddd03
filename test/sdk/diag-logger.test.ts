import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog, type LogLevel } from '../../src/core/log.ts';
import { createDiagLogger } from '../../src/sdk/diag-logger.ts';

function record(level: LogLevel = 'warn') {
  const lines: string[] = [];
  const logger = createDiagLogger(createLog({ level, write: (line) => lines.push(line) }));
  return { lines, logger };
}

test('an error is one line, its parts put together, and the same again is not said within the minute', () => {
  const { lines, logger } = record();
  logger.error('cannot', { a: 1 }, new Error('broken'), 7);
  logger.error('cannot', { a: 1 }, new Error('broken'), 7);
  logger.warn('careful');
  assert.deepEqual(lines, ['otel-preload: cannot {"a":1} broken 7\n', 'otel-preload: careful\n']);
});

test('what cannot be made JSON is said all the same', () => {
  const { lines, logger } = record();
  const circular: { self?: unknown } = {};
  circular.self = circular;
  logger.error('cannot', circular, undefined, 1n);
  assert.deepEqual(lines, ['otel-preload: cannot [object Object] undefined 1\n']);
});

test('an error that the SDK gives as JSON or with its stack is its message', () => {
  const { lines, logger } = record();
  logger.error(JSON.stringify({ stack: 'Error: late\n    at x', message: 'late', name: 'Error' }));
  logger.error(new TypeError('no such thing').stack ?? '');
  logger.error('{"stack": is no JSON');
  assert.deepEqual(lines, [
    'otel-preload: late\n',
    'otel-preload: TypeError: no such thing\n',
    'otel-preload: {"stack": is no JSON\n',
  ]);
});

test('levels above the configured one are not said', () => {
  const { lines, logger } = record('error');
  for (const level of ['warn', 'info', 'debug', 'verbose'] as const) logger[level](level);
  assert.deepEqual(lines, []);
  const all = record('verbose');
  for (const level of ['error', 'warn', 'info', 'debug', 'verbose'] as const) all.logger[level](level);
  assert.equal(all.lines.length, 5);
});

test('an SDK that the app starts beside us is one line, however many registrations it tries', () => {
  const { lines, logger } = record();
  const error = (text: string): string => new Error(`@opentelemetry/api: ${text}`).stack ?? text;
  logger.error(error('Attempted duplicate registration of API: trace'));
  logger.error(error('Attempted duplicate registration of API: context'));
  logger.error(error('Registration of version v1.4.1 for trace does not match previously registered API v1.10.0'));
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] ?? '',
    /^otel-preload: the app starts an OpenTelemetry SDK of its own; ours stays the global one/,
  );
});

test('a directory without a package.json is no trouble', () => {
  const { lines, logger } = record();
  logger.warn('Failed extracting version', '/var/task');
  assert.deepEqual(lines, []);
});
