import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basicAuthorization, splitCredentials } from '../../src/config/credentials.ts';

test('credentials are taken out of a URL, decoded; a text without is left as it is', () => {
  assert.deepEqual(splitCredentials('http://us%40er:p%3Aw@j:14268/api?k=v'), {
    url: 'http://j:14268/api?k=v',
    user: 'us@er',
    password: 'p:w',
  });
  assert.deepEqual(splitCredentials('https://token@j/'), { url: 'https://j/', user: 'token', password: '' });
  assert.deepEqual(splitCredentials('http://u:%zz@j/'), { url: 'http://j/', user: 'u', password: '%zz' });
  for (const text of ['http://J:80/@', 'h:4317', 'unix:/run/a@b.sock', 'nonsense@']) {
    assert.deepEqual(splitCredentials(text), { url: text });
  }
});

test('basic authentication takes user and password in UTF-8, also each by itself', () => {
  assert.equal(basicAuthorization(undefined, undefined), undefined);
  const decoded = (user?: string, password?: string) =>
    Buffer.from(basicAuthorization(user, password)?.replace('Basic ', '') ?? '', 'base64').toString();
  assert.deepEqual([decoded('ada', 'pä:ss'), decoded('ada'), decoded(undefined, 'p')], ['ada:pä:ss', 'ada:', ':p']);
});
