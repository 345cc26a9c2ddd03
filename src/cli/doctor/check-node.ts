import { nodeTrouble } from '../../core/node-version.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

const CHECK = 'node.version';
/** Tested lines; the odd ones between them end within months. */
const LINES = new Set([20, 22, 24, 26]);

/** @param version of the Node.js that is to be traced, without a `v` */
export function checkNode(version: string): Finding {
  const trouble = nodeTrouble(version);
  if (trouble !== undefined) return fail(CHECK, `${trouble}; the app runs untraced`, 'use Node.js 22, 24 or 26');
  const major = Number.parseInt(version, 10);
  if (!LINES.has(major))
    return warn(CHECK, `Node.js ${version} is of a line that is not tested`, 'use Node.js 22, 24 or 26');
  return ok(CHECK, `Node.js ${version}`);
}
