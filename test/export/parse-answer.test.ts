import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAnswer, parseHead } from '../../src/export/parse-answer.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

interface Case {
  readonly text: string;
  readonly status: number;
  readonly body: string;
  /** Only when nothing more comes. */
  readonly needsEnd?: true;
  readonly isLast?: true;
}

const cases: Readonly<Record<string, Case>> = {
  'with its length': { text: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}', status: 200, body: '{}' },
  'without a body': { text: 'HTTP/1.1 202 \r\ncontent-length: 0\r\n\r\n', status: 202, body: '' },
  'without a reason': { text: 'HTTP/1.1 503\r\ncontent-length:1\r\n\r\nx', status: 503, body: 'x' },
  'that never has a body': { text: 'HTTP/1.1 204 No Content\r\n\r\n', status: 204, body: '' },
  'in chunks': {
    text: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n',
    status: 200,
    body: 'abc0123456789',
  },
  'in chunks, with trailers': {
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\nx: y\r\nz: 0\r\n\r\n',
    status: 200,
    body: 'a',
  },
  'behind informational ones': {
    text: 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\nHTTP/1.1 202 A\r\ncontent-length: 1\r\n\r\nb',
    status: 202,
    body: 'b',
  },
  'up to the end of the connection': {
    text: 'HTTP/1.1 500 E\r\n\r\nlater',
    status: 500,
    body: 'later',
    needsEnd: true,
  },
  'in another coding, up to the end': {
    text: 'HTTP/1.1 500 E\r\ntransfer-encoding: gzip\r\ncontent-length: 1\r\n\r\nlater',
    status: 500,
    body: 'later',
    needsEnd: true,
  },
  'of HTTP/1.0': { text: 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na', status: 200, body: 'a', isLast: true },
  'that is the last one': {
    text: 'HTTP/1.1 200 OK\r\nconnection: keep-alive\r\nconnection: x, Close\r\ncontent-length: 1\r\n\r\na',
    status: 200,
    body: 'a',
    isLast: true,
  },
  'with a length beside its chunks': {
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    status: 200,
    body: '',
    isLast: true,
  },
};

for (const [name, { text, status, body, needsEnd = false, isLast = needsEnd }] of Object.entries(cases)) {
  test(`an answer ${name}, cut anywhere`, () => {
    const whole = bytes(text);
    for (let length = 0; length < whole.length; length++) {
      const part = parseAnswer(whole.subarray(0, length), false);
      assert.ok(part?.isWhole !== true, text.slice(0, length));
      if (part !== undefined) assert.equal(part.statusCode, status);
    }
    const answer = parseAnswer(whole, needsEnd) ?? assert.fail();
    assert.deepEqual([answer.statusCode, String(answer.body), answer.isWhole], [status, body, true]);
    assert.equal(answer.keepsOpen, !isLast);
    if (needsEnd) return;
    const longer = parseAnswer(bytes(`${text}HTTP`), false) ?? assert.fail();
    assert.deepEqual([String(longer.body), longer.isWhole, longer.keepsOpen], [body, true, false]);
  });
}

test('where nothing more comes, a body that breaks off is what is there', () => {
  for (const length of ['content-length: 9', 'transfer-encoding: chunked']) {
    const answer = parseAnswer(bytes(`HTTP/1.1 200 OK\r\n${length}\r\n\r\n5\r\nab`), true) ?? assert.fail();
    assert.deepEqual([answer.isWhole, answer.keepsOpen], [false, false]);
    assert.match(String(answer.body), /ab$/);
  }
  assert.equal(parseAnswer(bytes('HTTP/1.1 200 OK\r\n'), true), undefined);
});

test('headers are in lower case, without the space around them, and the first of several counts', () => {
  const text = 'HTTP/1.1 429 X\r\nRetry-After:\t 7 \r\nretry-after: 8\r\nx-empty:\r\n__proto__: 1\r\n\r\n';
  const { headers, end } = parseHead(bytes(text)) ?? assert.fail();
  assert.deepEqual({ ...headers }, { ...Object.create(null), 'retry-after': '7', 'x-empty': '', ['__proto__']: '1' });
  assert.equal(end, text.length);
});

test('what is no answer is an error as soon as that can be seen', () => {
  const answers: readonly (readonly [string, string])[] = [
    ['S', 'the answer is not HTTP/1'],
    ['HTTP/2 200\r\n\r\n', 'the answer is not HTTP/1'],
    ['HTTP/1.1 103 Early\r\n\r\nx', 'the answer is not HTTP/1'],
    ['HTTP/1.1\r\n\r\n', 'the answer has no status'],
    ['HTTP/1.1 099 OK\r\n\r\n', 'the answer has no status'],
    ['HTTP/1.1 2000 OK\r\n\r\n', 'the answer has no status'],
    ['HTTP/1.1 101 X\r\nupgrade: x\r\n\r\n', 'the answer is an upgrade that nobody asked for'],
    ['HTTP/1.1 200 OK\r\nx\r\n\r\n', 'a header of the answer is none'],
    ['HTTP/1.1 200 OK\r\nx : y\r\n\r\n', 'a header of the answer is none'],
    ['HTTP/1.1 200 OK\r\na: b\r\n folded\r\n\r\n', 'a header of the answer is none'],
    ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 'the answer has two lengths'],
    ['HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n', 'the length of the answer is no number'],
    ['HTTP/1.1 200 OK\r\ncontent-length: 5, 5\r\n\r\n', 'the length of the answer is no number'],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 'the answer has a chunk without a length'],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffff\r\n', 'the answer has a chunk without a length'],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc', 'a chunk of the answer has no end'],
  ];
  for (const [text, message] of answers) assert.throws(() => parseAnswer(bytes(text), false), { message }, text);
});
