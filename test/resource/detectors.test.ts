import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLog } from '../../src/core/log.ts';
import { loadDetectors } from '../../src/resource/detectors.ts';

describe('loadDetectors', () => {
  function load(names: readonly string[]): { names: string[]; parts: string[]; lines: string[] } {
    const parts: string[] = [];
    const lines: string[] = [];
    const log = createLog({ level: 'info', write: (line) => lines.push(line) });
    const detectors = loadDetectors(
      names,
      (part) => {
        parts.push(part);
        if (part === 'detector-gcp') throw new Error('broken');
        return { detectors: [{ detect: () => ({}) }, { detect: () => ({}) }] };
      },
      log,
    );
    for (const { detector } of detectors) detector.detect();
    return { names: detectors.map(({ name }) => name), parts, lines };
  }

  it('loads nothing for what is found without asking anybody', () => {
    const names = ['env', 'host', 'os', 'process', 'serviceinstance', 'container'];
    assert.deepEqual(load(names), { names, parts: [], lines: [] });
  });

  it('loads a cloud only when it is named', () => {
    assert.deepEqual(load(['host', 'aws']), { names: ['host', 'aws', 'aws'], parts: ['detector-aws'], lines: [] });
  });

  it('says in a line what does not load, and goes on', () => {
    const { names, lines } = load(['gcp', 'toString', 'os']);
    assert.deepEqual(names, ['os']);
    assert.deepEqual(lines, [
      'otel-preload: the resource detector gcp could not be loaded: Error: broken; going on without\n',
      'otel-preload: the resource detector toString could not be loaded: Error: there is none of this name; going on without\n',
    ]);
  });
});
