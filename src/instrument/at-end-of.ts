import type { EventEmitter } from 'node:events';
import { carriedBy } from './carried.ts';

/** A response of Node.js, or what stands for one. */
export interface Closable extends EventEmitter {
  /** Whether it has been closed already. */
  readonly closed?: boolean;
}

/** Does `work` when a response is over: right before its exchange ends, or at its close where that is not one of ours. */
export function atEndOf(response: Closable, work: () => void): void {
  if (response.closed === true) work();
  else if (carriedBy(response)?.beforeEnd?.(work) !== true) response.once('close', work);
}
