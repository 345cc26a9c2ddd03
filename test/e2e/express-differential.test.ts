import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Difference, expressDifferences } from '../../scripts/differences.ts';
import { testNode } from '../support/run.ts';
import { type ExpressTraffic, importForms, runExpressTraffic } from './express-traffic.ts';
import { assertListed, type Traffic } from './traffic.ts';

/** Fails where the clients of a traced app do not get what those of an untraced one do. */
function assertSameAnswers(native: ExpressTraffic, bare: ExpressTraffic): void {
  for (const [name, answers] of Object.entries(bare.results)) {
    if (name !== 'middleware: a value in the context') assert.deepEqual(native.results[name], answers, name);
  }
}

/** Those whose cases differ with what is installed: before Express 5, nobody looks at what a middleware returns. */
function listedFor(packages: readonly string[] | undefined): readonly Difference[] {
  const isFour = packages?.some((one) => one.startsWith('express@4')) ?? false;
  return expressDifferences.filter(({ what }) => !(isFour && what.includes('Express 5')));
}

// The lines of Node.js are another matter than the versions of the packages.
const skip = testNode === process.execPath ? false : 'tried with one line of Node.js';

for (const packages of [undefined, ['express@4.22.3'], ['express@5.1.0', 'router@2.2.0']]) {
  const what = packages?.join(' with ') ?? 'Express as installed';
  const options = packages === undefined ? {} : { skip };
  test(
    `${what}: over 90 cases of traffic leave the spans of the official instrumentation, but for the listed differences`,
    options,
    async (t) => {
      const official = await runExpressTraffic(t, 'official', { packages });
      const native = await runExpressTraffic(t, 'native', { packages });
      assert.ok(official.traffic.size > 90, `${official.traffic.size} cases`);
      assertListed(official.traffic, native.traffic, listedFor(packages));
      assertSameAnswers(native, await runExpressTraffic(t, undefined, { packages }));
      assert.deepEqual(native.results['middleware: a value in the context'], ['200 kept']);
    },
  );
}

/** A few of each kind: what differs between the forms is whether the package is patched at all. */
const some =
  '^(?:route: a parameter|middleware: (?:named|with a path|several).*|router: three deep|app: mounted|error: handled)$';

for (const form of Object.keys(importForms) as (keyof typeof importForms)[]) {
  for (const packages of [undefined, ['express@4.22.3']]) {
    const options = packages === undefined ? {} : { skip };
    test(`${packages?.[0] ?? 'Express as installed'} by ${form}: the same spans`, options, async (t) => {
      const official = await runExpressTraffic(t, 'official', { form, only: some, packages });
      const native = await runExpressTraffic(t, 'native', { form, only: some, packages });
      assert.ok(hasLayers(official.traffic), 'the official one has spans of layers');
      assertListed(official.traffic, native.traffic, []);
    });
  }
}

function hasLayers(traffic: Traffic): boolean {
  return [...traffic.values()].every((lines) => lines.some((line) => line.includes('express.type')));
}
