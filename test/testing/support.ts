import type { CapturedSpan } from '../../src/testing/captured-span.ts';
import { CapturedSpans } from '../../src/testing/captured-spans.ts';

export function aCaptured(changes: Partial<CapturedSpan> & { readonly spanId: string }): CapturedSpan {
  return {
    name: 'span',
    kind: 'internal',
    status: 'unset',
    statusMessage: '',
    attributes: {},
    events: [],
    links: [],
    scope: 'app',
    traceId: 't',
    parentId: '',
    startMs: 1,
    durationMs: 1,
    ...changes,
  };
}

/** GET → find user → SELECT, which failed; and beside them a log of another trace. */
export const threeAndOne = new CapturedSpans([
  aCaptured({ spanId: 'a', name: 'GET /users/:id', kind: 'server', attributes: { 'http.route': '/users/:id' } }),
  aCaptured({ spanId: 'b', parentId: 'a', name: 'find user', attributes: { 'user.id': 7, tags: ['x', 'y'] } }),
  aCaptured({ spanId: 'c', parentId: 'b', name: 'SELECT', kind: 'client', status: 'error', statusMessage: 'timeout' }),
  aCaptured({ spanId: 'd', parentId: 'elsewhere', name: 'log', events: [{ name: 'written', attributes: {} }] }),
]);
