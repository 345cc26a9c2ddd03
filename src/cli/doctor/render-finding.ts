import { styleText } from 'node:util';
import { worstOf, type Finding, type Status } from './finding.ts';

const words: Readonly<Record<Status, string>> = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' };
const colours = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

/** `FAIL collector.reachable: ECONNREFUSED 127.0.0.1:4318; inside a container localhost is the container itself` */
export function renderFinding({ check, status, reason, fix }: Finding, isColoured: boolean): string {
  const word = isColoured ? styleText(colours[status], words[status], { validateStream: false }) : words[status];
  return `${word} ${check}: ${reason}${fix === undefined ? '' : `; ${fix}`}`.replaceAll(/\s*\n\s*/g, ' ').concat('\n');
}

/** One line for all of them. */
export function renderSummary(findings: readonly Finding[]): string {
  const count = (status: Status): number => findings.filter((finding) => finding.status === status).length;
  if (worstOf(findings) === 'ok') return `All ${findings.length} checks are ok.\n`;
  return `${count('fail')} failed, ${count('warn')} with a warning, ${count('ok')} ok.\n`;
}
