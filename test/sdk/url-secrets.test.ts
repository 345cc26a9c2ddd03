import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { redactUrl, UrlSecrets } from '../../src/sdk/url-secrets.ts';

test('values of parameters whose name speaks of a secret are redacted, the rest stays as it was written', () => {
  for (const [text, expected] of [
    ['http://h/p?token=S&page=2', 'http://h/p?token=REDACTED&page=2'],
    [
      'https://h/p?page=2&X-Amz-Signature=S&X-Amz-Security-Token=S#top',
      'https://h/p?page=2&X-Amz-Signature=REDACTED&X-Amz-Security-Token=REDACTED#top',
    ],
    ['?sig=S&a=%20b+c', '?sig=REDACTED&a=%20b+c'],
    ['api_key=S&apikey=S&access-key=S&key=S', 'api_key=REDACTED&apikey=REDACTED&access-key=REDACTED&key=REDACTED'],
    ['/p?password=S=S&Authorization=S&session_id=S', '/p?password=REDACTED&Authorization=REDACTED&session_id=REDACTED'],
    ['/p?design=a&keyboard=us&author=Ada&monkey=1', '/p?design=a&keyboard=us&author=Ada&monkey=1'],
    ['https://auth.example/token/p?page=2', 'https://auth.example/token/p?page=2'],
    ['/p?token', '/p?token'],
    ['/token=1/p', '/token=1/p'],
  ] as const) {
    assert.equal(redactUrl(text), expected);
  }
});

test('credentials are redacted, with a password that has an @ too, and a path may have one', () => {
  assert.equal(redactUrl('http://user:S@host/p'), 'http://REDACTED:REDACTED@host/p');
  assert.equal(redactUrl('http://user:S@S@host:80'), 'http://REDACTED:REDACTED@host:80');
  assert.equal(redactUrl('http://host/@me?to=a@b'), 'http://host/@me?to=a@b');
});

test('a span is sent without them, whether they came at its start or later', () => {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new UrlSecrets(), new SimpleSpanProcessor({ exporter })];
  const tracer = new TracerProvider({ spanProcessors }).getTracer('test');
  const span = tracer.startSpan('GET', {
    attributes: { 'url.full': 'http://h/?token=S', 'http.target': '/?page=1', 'url.query': 7 },
  });
  span.setAttribute('http.url', 'http://u:S@h/').end();
  assert.deepEqual(exporter.getFinishedSpans()[0]?.attributes, {
    'url.full': 'http://h/?token=REDACTED',
    'http.target': '/?page=1',
    'url.query': 7,
    'http.url': 'http://REDACTED:REDACTED@h/',
  });
});

test('a text that is made to take long, by its client, takes its turn and stays as it was', () => {
  for (const part of ['token', '?', '&', '=', 'a', 'http://', '&token']) {
    const text = `/p?${part.repeat(100_000)}`;
    assert.equal(redactUrl(text), text);
  }
});
