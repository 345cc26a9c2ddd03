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
 *   SIGUSR2, where that is asked for      one line that counts, and the process goes on
 *
 * Spans that are open are ended as the very last thing, when no code of the app runs any more that might end them
 * itself; they and what ended during the flush are sent from another thread.
 */
import { loadBuiltin } from '../core/builtin.ts';
import { isMainThread } from '../core/main-thread.ts';
import { beforeMethod } from './before-method.ts';

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
  /** One line about what became of all spans so far. */
  tell(): void;
}

/** What this thread has to do with others; see thread-host.ts and thread-guest.ts. */
export interface Threads {
  /** Gets from the threads that end with this one what they have, blocking for `timeoutMs` at most. */
  collect(timeoutMs: number): void;
  /** Takes what has been handed over and not yet been counted. */
  drain(): void;
  /** Nothing more is handed over by this thread or to it. */
  close(): void;
  /** Another thread sends for this one, and tells what was lost. */
  readonly isGuest: boolean;
  /** Resolves when this thread is about to be ended by another. */
  asked?(): Promise<void>;
}

/** As it was when the preload started: a test of the app's may stop the clock. */
const hrtime = process.hrtime.bind(process);

/** Those that end a process and that somebody sends on purpose: nodemon SIGUSR2, nginx-like supervisors SIGQUIT. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;
type Signal = (typeof SIGNALS)[number];

const STATS_SIGNAL: Signal = 'SIGUSR2';

export interface Watching {
  /** The most that the end may come later. */
  readonly flushTimeoutMs: number;
  /** SIGUSR2 has `ending.tell()` called, beside whatever the app does, and is no end. */
  readonly tellsOnSignal?: boolean;
  readonly threads?: Threads | undefined;
}

/** Starts watching. `close` takes everything out again. */
export function watchEnds(
  ending: Ending,
  { flushTimeoutMs, tellsOnSignal = false, threads }: Watching,
): { close(): void } {
  const endSignals = SIGNALS.filter((signal) => !tellsOnSignal || signal !== STATS_SIGNAL);
  let closed = false;
  let finished = false;
  let dying = false;
  /** What flushes have used up of the time that the end may take. */
  let spentMs = 0;
  let flushingSinceMs: number | undefined;
  /** The flush at the empty loop could not send all; another a moment later would not either. */
  let exhausted = false;
  let isMoving = false;
  let unwrapEmit = (): void => {};

  function leftMs(): number {
    const underWayMs = flushingSinceMs === undefined ? 0 : performance.now() - flushingSinceMs;
    return Math.max(0, flushTimeoutMs - spentMs - underWayMs);
  }

  async function flush(): Promise<void> {
    flushingSinceMs = performance.now();
    await ending.flush(flushingSinceMs + flushTimeoutMs - spentMs);
    spentMs += performance.now() - flushingSinceMs;
    flushingSinceMs = undefined;
  }

  /** No code of the app runs after this. */
  function finish(timeoutMs: number): void {
    if (finished) return;
    finished = true;
    // `performance` is not touched where nothing is sent: its first use loads 1 ms of Node.js
    const began = hrtime();
    try {
      threads?.collect(timeoutMs);
      ending.endOpenSpans();
      const [seconds, nanoseconds] = hrtime(began);
      if (!ending.idle) ending.flushBlocking(Math.max(0, timeoutMs - seconds * 1e3 - nanoseconds / 1e6));
      threads?.close();
      if (threads?.isGuest !== true) ending.report();
    } catch {
      // an exit has a code of its own, which an error of ours must not change
    }
  }

  function onExit(): void {
    finish(leftMs());
  }

  function onBeforeExit(): void {
    // A flush makes the loop turn, and then 'beforeExit' comes again: where the app listens to it, that would
    // be seen. There the rest goes out in 'exit'.
    if (flushingSinceMs !== undefined || exhausted || ending.idle || process.listenerCount('beforeExit') > 1) return;
    void flush().then(() => {
      exhausted = !ending.idle;
    });
  }

  const onSignal = (signal: NodeJS.Signals): void => {
    if (dying) return die(signal, 0);
    dying = true;
    const end = (): void => die(signal, leftMs());
    flush().then(end, end);
  };

  function die(signal: NodeJS.Signals, timeoutMs: number): void {
    close();
    finish(timeoutMs);
    // The kernel ignores a default action for the first process of a PID namespace.
    if (process.pid === 1) process.exit(128 + loadBuiltin('node:os').constants.signals[signal]);
    // A handler that the app has installed since would have come too late without us.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }

  /** Ours is there exactly where the app has none: then signals are what they are without us. */
  function keepSignal(signal: Signal): void {
    if (closed || dying) return;
    const others = process.listeners(signal).some((listener) => listener !== onSignal);
    const ours = process.listeners(signal).includes(onSignal);
    if (others && ours) process.removeListener(signal, onSignal);
    else if (!others && !ours) process.on(signal, onSignal);
  }

  const tell = (): void => {
    threads?.drain();
    ending.tell();
  };

  function keepTelling(): void {
    if (tellsOnSignal && !closed) process.on(STATS_SIGNAL, tell);
  }

  // This event comes before the listener is in the list, hence the next tick.
  const onNewListener = (event: string | symbol, listener: unknown): void => {
    const signal = endSignals.find((one) => one === event);
    if (signal !== undefined) process.nextTick(keepSignal, signal);
    if (event === 'exit' && listener !== onExit) keepLast();
  };

  // At once: who takes the last one out may raise the signal in the next statement, as signal-exit does.
  const onRemoveListener = (event: string | symbol, listener: unknown): void => {
    const signal = endSignals.find((one) => one === event);
    if (signal !== undefined) keepSignal(signal);
    if (event === STATS_SIGNAL && listener === tell) keepTelling();
    if (event === 'exit' && listener === onExit) keepLast();
  };

  /** Spans that the app ends in its own 'exit' listeners count too, even if the exit comes before the next tick. */
  function keepLast(): void {
    if (isMoving || closed) return;
    const unwrap = beforeMethod(process, 'emit', (_, [event]) => event === 'exit' && beLast());
    unwrapEmit = unwrap;
    isMoving = true;
    process.nextTick(() => {
      unwrap();
      beLast();
      isMoving = false;
    });
  }

  function beLast(): void {
    if (closed || process.listeners('exit').at(-1) === onExit) return;
    process.removeListener('exit', onExit);
    process.on('exit', onExit);
  }

  function close(): void {
    closed = true;
    unwrapEmit();
    unwrapReallyExit();
    process.removeListener('newListener', onNewListener);
    process.removeListener('removeListener', onRemoveListener);
    for (const signal of endSignals) process.removeListener(signal, onSignal);
    process.removeListener(STATS_SIGNAL, tell);
    process.removeListener('beforeExit', onBeforeExit);
    process.removeListener('exit', onExit);
  }

  // Ours must not be the listener too many for which Node.js prints a warning.
  const maxListeners = process.getMaxListeners();
  if (maxListeners > 0) process.setMaxListeners(maxListeners + 1);
  process.on('beforeExit', onBeforeExit);
  process.on('exit', onExit);
  process.on('newListener', onNewListener);
  process.on('removeListener', onRemoveListener);
  // An 'exit' listener that calls `process.exit()` keeps the ones behind it from being called.
  const unwrapReallyExit = beforeMethod(process, 'reallyExit', () => !closed && onExit());
  if (isMainThread) {
    for (const signal of endSignals) keepSignal(signal);
    keepTelling();
  }
  void threads?.asked?.().then(() => finish(0));

  return { close };
}
