import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RouteNames } from '../../../src/instrument/http/route-names.ts';

test('a name is the method and the route, however many there have been', () => {
  const names = new RouteNames();
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 3000; n++) {
      for (const method of ['GET', 'POST']) assert.equal(names.of(method, `/users/${n}`), `${method} /users/${n}`);
    }
  }
  assert.equal(names.of('GET', ''), 'GET ');
});
