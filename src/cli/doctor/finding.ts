export type Status = 'ok' | 'warn' | 'fail';

/** What one check came to: one line. */
export interface Finding {
  /** What was looked at, such as `collector.reachable`. */
  readonly check: string;
  readonly status: Status;
  readonly reason: string;
  /** What mends it. */
  readonly fix?: string;
}

const exitCodes: Readonly<Record<Status, number>> = { ok: 0, warn: 1, fail: 2 };

export function ok(check: string, reason: string): Finding {
  return { check, status: 'ok', reason };
}

export function warn(check: string, reason: string, fix?: string): Finding {
  return { check, status: 'warn', reason, ...(fix === undefined ? {} : { fix }) };
}

export function fail(check: string, reason: string, fix?: string): Finding {
  return { ...warn(check, reason, fix), status: 'fail' };
}

/** The worst of all; `ok` where there are none. */
export function worstOf(findings: readonly Finding[]): Status {
  const has = (status: Status): boolean => findings.some((finding) => finding.status === status);
  return has('fail') ? 'fail' : has('warn') ? 'warn' : 'ok';
}

/** 0, 1 with warnings, 2 with failures. */
export function exitCodeOf(findings: readonly Finding[]): number {
  return exitCodes[worstOf(findings)];
}
