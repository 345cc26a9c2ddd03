import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  layoutGraph,
  NODE_HEIGHT,
  NODE_WIDTH,
  type Layout,
} from '../../../../src/viewer/page/services/layout-graph.ts';

type Pair = readonly [string, string];
const layout = (names: string, ...pairs: Pair[]): Layout<{ parent: string; child: string }> =>
  layoutGraph(
    names.split(' '),
    pairs.map(([parent, child]) => ({ parent, child })),
  );
const place = (
  { nodes }: Layout<never> | Layout<{ parent: string; child: string }>,
  name: string,
): { x: number; y: number } => {
  const node = nodes.find((one) => one.name === name);
  assert.ok(node, name);
  return node;
};

test('callers are left of those they call, also around a detour', () => {
  const made = layout('a b c d', ['a', 'b'], ['b', 'c'], ['a', 'c'], ['c', 'd']);
  const xs = ['a', 'b', 'c', 'd'].map((name) => place(made, name).x);
  for (const [n, x] of xs.entries()) assert.ok(n === 0 || x > (xs[n - 1] ?? 0) + NODE_WIDTH);
  assert.ok(made.edges.every(({ isBack }) => !isBack));
});

test('a circle has one edge that leads back, and begins with who is called from nowhere', () => {
  const made = layout('b c a', ['a', 'b'], ['b', 'c'], ['c', 'b']);
  assert.deepEqual(
    made.edges.filter(({ isBack }) => isBack).map(({ edge }) => `${edge.parent}→${edge.child}`),
    ['c→b'],
  );
  assert.ok(place(made, 'a').x < place(made, 'b').x);
  const round = layout('a b', ['a', 'b'], ['b', 'a']);
  assert.equal(round.edges.filter(({ isBack }) => isBack).length, 1);
});

test('nothing lies over another, and all is inside the drawing', () => {
  const names = Array.from({ length: 40 }, (_, n) => `s${n}`);
  const edges = names.flatMap((child, n) =>
    n === 0
      ? []
      : [
          { parent: `s${Math.floor(n / 3)}`, child },
          { parent: `s${n - 1}`, child },
        ],
  );
  const made = layoutGraph(names, edges);
  assert.equal(made.nodes.length, 40);
  for (const a of made.nodes) {
    assert.ok(a.x >= NODE_WIDTH / 2 && a.x <= made.width - NODE_WIDTH / 2);
    assert.ok(a.y >= NODE_HEIGHT / 2 && a.y <= made.height - NODE_HEIGHT / 2);
    for (const b of made.nodes) {
      assert.ok(
        a === b || Math.abs(a.x - b.x) >= NODE_WIDTH || Math.abs(a.y - b.y) >= NODE_HEIGHT,
        `${a.name} ${b.name}`,
      );
    }
  }
});

test('two pairs that would cross are put in the order that does not', () => {
  const made = layout('a b x y', ['a', 'y'], ['b', 'x']);
  const [a, b, x, y] = ['a', 'b', 'x', 'y'].map((name) => place(made, name).y);
  assert.ok(a !== undefined && b !== undefined && x !== undefined && y !== undefined);
  assert.equal(a < b, y < x);
});

test('a service alone, and none at all', () => {
  assert.equal(layout('a').nodes.length, 1);
  assert.deepEqual(layoutGraph([], []).nodes, []);
});
