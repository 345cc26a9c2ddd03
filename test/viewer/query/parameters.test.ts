import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ParameterError,
  parseDependencyQuery,
  parseTraceId,
  parseTraceQuery,
  toNanoseconds,
} from '../../../src/viewer/query/parameters.ts';

const NOW_MS = 1_800_000_000_000;
const parse = (text: string) => parseTraceQuery(new URLSearchParams(text), NOW_MS);

test('durations are what Go parses, and days', () => {
  const cases: Record<string, number | undefined> = {
    '0': 0,
    '100ns': 100,
    '1.5us': 1500,
    '2µs': 2000,
    '2μs': 2000,
    '1.5ms': 1_500_000,
    '.5s': 5e8,
    '1h30m': 5400e9,
    '2d': 172_800e9,
    '5': undefined,
    '': undefined,
    ms: undefined,
    '1 ms': undefined,
    '1msx': undefined,
    '-1ms': undefined,
  };
  for (const [text, ns] of Object.entries(cases)) assert.equal(toNanoseconds(text), ns, text);
});

test('without times the last two days are asked for, or the lookback', () => {
  const { startUs, endUs, limit } = parse('service=a');
  assert.deepEqual([NOW_MS * 1000 - startUs, endUs, limit], [172_800e6, NOW_MS * 1000, 100]);
  assert.equal(NOW_MS * 1000 - parse('service=a&lookback=1h').startUs, 3600e6);
  assert.equal(parse('service=a&lookback=1h&start=7').startUs, 7);
});

test('all that is asked for', () => {
  const query = parse(
    `service=a&operation=b&start=1&end=2&minDuration=1ms&maxDuration=2ms&limit=5&tag=x:y:z&tags=${encodeURIComponent('{"k":"v","x":"w"}')}`,
  );
  assert.deepEqual(
    { ...query, tags: [...query.tags] },
    {
      serviceName: 'a',
      operationName: 'b',
      startUs: 1,
      endUs: 2,
      minDurationNs: 1e6,
      maxDurationNs: 2e6,
      limit: 5,
      tags: [
        ['x', 'w'],
        ['k', 'v'],
      ],
      traceIds: [],
    },
  );
  assert.deepEqual(parse('traceID=ABC&traceID=1').traceIds, ['0000000000000abc', '0000000000000001']);
});

test('what makes no sense is an error that names the parameter', () => {
  const cases: Record<string, RegExp> = {
    '': /'service' is required/,
    'service=a&start=now': /'start': "now"/,
    'service=a&limit=0': /'limit' must be 1 or more/,
    'service=a&limit=1e3': /'limit'/,
    'service=a&minDuration=5': /'minDuration': "5"/,
    'service=a&minDuration=5s&maxDuration=1s': /'maxDuration' should be greater/,
    'service=a&tag=x': /expecting key:value/,
    'service=a&tags=[]': /JSON object/,
    'service=a&tags={"a":1}': /whose values are strings/,
    'traceID=x': /1 to 32 hex digits, got "x"/,
  };
  for (const [text, pattern] of Object.entries(cases)) {
    assert.throws(
      () => parse(text),
      (error) => error instanceof ParameterError && pattern.test(error.message),
      text,
    );
  }
});

test('dependencies are asked for in ms, of a day by default', () => {
  const query = (text: string) => parseDependencyQuery(new URLSearchParams(text), NOW_MS);
  assert.deepEqual(query('endTs=5000&lookback=2000&service=a'), { serviceName: 'a', startUs: 3e6, endUs: 5e6 });
  assert.equal(query('').endUs - query('').startUs, 86_400e6);
});

test('a trace id is written as Jaeger writes it', () => {
  assert.equal(parseTraceId('ABC'), '0000000000000abc');
  assert.throws(() => parseTraceId('0'), ParameterError);
});
