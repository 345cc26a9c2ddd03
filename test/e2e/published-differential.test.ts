import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Difference, mysql2Differences, redisDifferences } from '../../scripts/differences.ts';
import { startMariadb } from '../support/mariadb-server.ts';
import { startRedis } from '../support/redis-server.ts';
import { testNode } from '../support/run.ts';
import { publishing, runPublishedTraffic } from './published-traffic.ts';
import { assertListed } from './traffic.ts';

interface Compared {
  readonly startServer: typeof startRedis;
  readonly differences: readonly Difference[];
  readonly minCases: number;
}

const compared: Readonly<Record<keyof typeof publishing, Compared>> = {
  redis: { startServer: startRedis, differences: redisDifferences, minCases: 70 },
  mysql2: { startServer: startMariadb, differences: mysql2Differences, minCases: 55 },
};

/** Who hears of the error, official or not, takes it from the process: docs/limits.md. */
const UNHEARD = 'events: nobody listens for the error';

// The lines of Node.js are another matter than the versions of the packages.
const skip = testNode === process.execPath ? false : 'tried with one line of Node.js';

for (const library of Object.keys(compared) as (keyof typeof compared)[]) {
  const { startServer, differences, minCases } = compared[library];
  const { first, newest } = publishing[library];
  for (const version of [newest, first]) {
    const options = version === newest ? {} : { skip };
    test(
      `${library} ${version}: over ${minCases} cases leave the spans of the official instrumentation, but for the listed differences, and the answers of an untraced app`,
      options,
      async (t) => {
        const port = await startServer(t);
        if (port === undefined) return;
        const official = await runPublishedTraffic(t, library, 'official', { port, version });
        const native = await runPublishedTraffic(t, library, 'native', { port, version });
        assert.ok(official.traffic.size > minCases, `${official.traffic.size} cases`);
        assertListed(official.traffic, native.traffic, differences);
        const texts = [...native.traffic.values()].flat().filter((line) => line.includes('db.query.text'));
        assert.deepEqual(
          texts.filter((text) => text.includes('secret')),
          [],
        );
        const bare = await runPublishedTraffic(t, library, undefined, { port, version });
        const unheard = Object.keys(bare.results).filter((name) => name === UNHEARD);
        for (const name of unheard) assert.deepEqual([native.results[name], official.results[name]], [[], []]);
        const others = (results: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
          ...results,
          [UNHEARD]: [],
        });
        assert.deepEqual(others(native.results), others(bare.results));
      },
    );
  }
}
