/**
 * Watches how the process ends and sends what is there before it does; the only user of `process.on`.
 *
 * Whatever ends the process ends it as it would have without us: the same code or signal, at most the flush deadline
 * later. What is done is chosen by what is still possible at that end:
 *
 *   signal without a handler of the app   flush, then the same signal again, now with its default action
 *   signal with one                       nothing: the app decides
 *   event loop empty                      flush; the loop turns for as long as that takes
 *   process.exit, crash                   flush from another thread while this one waits
 */
import { isMainThread } from 'node:worker_threads';
import { constants } from 'node:os';

export interface Ending {
  /** Whether there is nothing to send. */
  readonly idle: boolean;
  /** Ends the spans that are still open, so that they are sent too. */
  endOpenSpans(): void;
  /** Resolves at `deadlineMs` (`performance.now()` clock) at the latest. */
  flush(deadlineMs: number): Promise<void>;
  /** Sends the rest while the calling thread waits, at most `timeoutMs`; 0 sends nothing and counts all as lost. */
  flushBlocking(timeoutMs: number): void;
  /** One line about what was lost, if anything was. */
  report(): void;
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

/** Starts watching. `close` takes every listener out again. */
export function watchEnds(ending: Ending, flushTimeoutMs: number): { close(): void } {
  let flushing = false;
  /** Set by the first flush of the end; what comes after has only the rest of that time. */
  let deadlineMs: number | undefined;
  /** A flush has been tried and could not send all; another attempt a moment later would not either. */
  let exhausted = false;

  async function flush(): Promise<void> {
    deadlineMs ??= performance.now() + flushTimeoutMs;
    ending.endOpenSpans();
    await ending.flush(deadlineMs);
    exhausted = !ending.idle;
  }

  function onExit(): void {
    ending.endOpenSpans();
    if (!ending.idle) {
      const leftMs = (deadlineMs ?? performance.now() + flushTimeoutMs) - performance.now();
      ending.flushBlocking(exhausted ? 0 : Math.max(0, leftMs));
    }
    ending.report();
  }

  function onBeforeExit(): void {
    // A flush makes the loop turn, and then 'beforeExit' comes again: where the app listens to it, that would
    // be seen. There the rest goes out in 'exit'.
    if (exhausted || ending.idle || process.listenerCount('beforeExit') > 1) return;
    void flush();
  }

  const onSignal = (signal: NodeJS.Signals): void => {
    if (flushing) return die(signal);
    flushing = true;
    void flush().finally(() => die(signal));
  };

  function die(signal: NodeJS.Signals): void {
    close();
    ending.flushBlocking(0);
    ending.report();
    // The kernel ignores a default action for the first process of a PID namespace.
    if (process.pid === 1) process.exit(128 + constants.signals[signal]);
    process.kill(process.pid, signal);
  }

  /** Ours is there exactly where the app has none: then signals are what they are without us. */
  function keepSignal(signal: Signal): void {
    const others = process.listeners(signal).some((listener) => listener !== onSignal);
    const ours = process.listeners(signal).includes(onSignal);
    if (others && ours) process.removeListener(signal, onSignal);
    else if (!others && !ours) process.on(signal, onSignal);
  }

  // Both events come before the list has changed or in the middle of an emit, hence the next tick.
  const onListenersChanged = (event: string | symbol): void => {
    if (event === 'exit') process.nextTick(beLastAtExit);
    const signal = SIGNALS.find((one) => one === event);
    if (signal !== undefined) process.nextTick(() => !closed && keepSignal(signal));
  };

  /** Spans that the app ends in its own 'exit' listeners count too. */
  function beLastAtExit(): void {
    if (closed || process.listeners('exit').at(-1) === onExit) return;
    process.removeListener('exit', onExit);
    process.on('exit', onExit);
  }

  let closed = false;
  function close(): void {
    closed = true;
    process.removeListener('newListener', onListenersChanged);
    process.removeListener('removeListener', onListenersChanged);
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
    process.removeListener('beforeExit', onBeforeExit);
    process.removeListener('exit', onExit);
  }

  // Ours must not be the listener too many for which Node.js prints a warning.
  const maxListeners = process.getMaxListeners();
  if (maxListeners > 0) process.setMaxListeners(maxListeners + 1);
  process.on('beforeExit', onBeforeExit);
  process.on('exit', onExit);
  process.on('newListener', onListenersChanged);
  process.on('removeListener', onListenersChanged);
  if (isMainThread) for (const signal of SIGNALS) keepSignal(signal);

  return { close };
}
