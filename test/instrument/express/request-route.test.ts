import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import type { Request } from '../../../src/instrument/express/express.ts';
import { RequestRoute } from '../../../src/instrument/express/request-route.ts';
import { RoutePath } from '../../../src/instrument/express/route-path.ts';

test('a request has come through no layer, until it has', () => {
  const request: Request = { originalUrl: '/' };
  assert.equal(RequestRoute.get(request), RoutePath.start);
  const first = RoutePath.start.through('/a');
  RequestRoute.set(request, first);
  assert.equal(RequestRoute.get(request), first);
  RequestRoute.set(request, first.through('/b'));
  assert.equal(RequestRoute.get(request).before, first);
  assert.equal(RequestRoute.get({ originalUrl: '/' }), RoutePath.start);
});

test('nothing of it is seen in the request, and a frozen one has it too', () => {
  const bare = new IncomingMessage(new Socket());
  const request = new IncomingMessage(new Socket()) as IncomingMessage & Request;
  RequestRoute.set(Object.freeze(request), RoutePath.start.through('/a'));
  assert.deepEqual(Reflect.ownKeys(request), Reflect.ownKeys(bare));
  assert.equal(RequestRoute.get(request).text, '/a');
});
