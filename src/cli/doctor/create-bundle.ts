import { arch, platform, release } from 'node:os';
import { effectiveValues } from '../../config/effective.ts';
import type { Installation } from '../installation.ts';
import type { Examined } from './examine.ts';

/** What a bug report needs: versions, platform, the effective configuration and the findings, without secrets. */
export function createBundle({ findings, subject, loaded }: Examined, { version }: Installation): object {
  const values = effectiveValues(loaded).filter(({ isSet }) => isSet);
  return {
    version,
    time: new Date().toISOString(),
    node: subject.node,
    platform: { name: platform(), release: release(), arch: arch(), isContainer: subject.isContainer },
    entry: subject.entry,
    cwd: subject.cwd,
    options: Object.fromEntries(
      values.map(({ name, value, source, overridden }) => [name, { value, source, overridden }]),
    ),
    findings,
  };
}
