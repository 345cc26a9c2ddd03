/** One trial: an app as a variant runs it, a collector for its spans, and who drives it. */
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { launch, type Launched, ownSeconds } from './launch.ts';
import { busySeconds } from './proc.ts';
import type { Counts } from './sink.ts';
import type { Variant } from './variants.ts';

/** The app has one core for itself; all that drives it and receives from it is on the other. */
export const APP_CORE = 0;
export const DRIVER_CORE = 1;

/** No batch for so long: the tracer has sent all that it is going to send at this moment. */
const QUIET_MS = 300;
const DRAIN_LIMIT_MS = 30_000;
const END_LIMIT_MS = 5000;

export const support = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
export const app = (file: string): string => fileURLToPath(new URL(`../apps/${file}`, import.meta.url));

/** The collector of a bench, for all its trials. */
export interface Sink {
  readonly port: number;
  count(): Promise<Counts>;
  reset(delayMs: number): Promise<void>;
  close(): void;
}

export async function startSink(): Promise<Sink> {
  const child = launch({ program: support('sink.ts'), core: DRIVER_CORE });
  const { port } = await child.next<{ port: number }>();
  return {
    port,
    count: () => child.ask<Counts>({ ask: 'count' }),
    async reset(delayMs) {
      await child.ask({ ask: 'reset', delayMs });
    },
    close: () => child.kill('SIGKILL'),
  };
}

/** What an app says first; those that only call others have no port. */
export interface Ready {
  readonly port: number;
}

/** Starts an app as the variant has it and waits until it is ready. */
export async function startApp(
  variant: Variant,
  program: string,
  sink: Sink,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly process: Launched; readonly ready: Ready }> {
  const process = launch({
    program: app(program),
    flags: variant.flags,
    env: { ...variant.env(sink.port), ...env },
    core: APP_CORE,
  });
  return { process, ready: await process.next<Ready>() };
}

/** Waits until nothing has arrived for a while, so that work put off is done, and counted where it belongs. */
export async function drained(sink: Sink, variant: Variant, slowMs = 0): Promise<void> {
  if (variant.name === 'bare') return;
  const quietMs = QUIET_MS + slowMs;
  const untilMs = performance.now() + DRAIN_LIMIT_MS;
  let requests = -1;
  let sinceMs = performance.now();
  while (performance.now() - sinceMs < quietMs && performance.now() < untilMs) {
    const { requests: now } = await sink.count();
    if (now !== requests) sinceMs = performance.now();
    requests = now;
    await delay(20);
  }
}

/** Ends an app the way an operator does, and waits for its last spans. */
export async function end(process: Launched, variant: Variant, sink: Sink, slowMs = 0): Promise<void> {
  if (variant.sendsEveryMs > 0) await delay(variant.sendsEveryMs + QUIET_MS);
  process.kill('SIGTERM');
  // Some tracers listen for SIGTERM and let the process go on: those are ended when nothing comes any more.
  await Promise.race([process.ended, goesOn(sink, variant, slowMs)]);
  process.kill('SIGKILL');
  await process.ended;
}

async function goesOn(sink: Sink, variant: Variant, slowMs: number): Promise<void> {
  await delay(Math.min(END_LIMIT_MS, 500 + slowMs));
  await drained(sink, variant, slowMs);
}

const LOOK_MS = 250;
/** Of one core. */
const CALM = 0.25;

/** How much of the machine, in cores, is used by processes that are none of the bench's. */
export function watchOthers(): () => number {
  const startedMs = performance.now();
  const before = busySeconds() - ownSeconds();
  return () => Math.max(0, (busySeconds() - ownSeconds() - before) / ((performance.now() - startedMs) / 1000));
}

/** Waits for a moment in which others let the machine alone, until `untilMs` at the latest. */
export async function calm(untilMs: number): Promise<void> {
  while (performance.now() < untilMs) {
    const others = watchOthers();
    await delay(LOOK_MS);
    if (others() < CALM) return;
  }
}

/** Measures in a calm moment: again, while the patience lasts, where others came in between. */
export async function inCalm<T extends { readonly others: number }>(
  patienceMs: number,
  measure: () => Promise<T>,
): Promise<T> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    await calm(untilMs);
    const result = await measure();
    if (result.others < CALM || performance.now() >= untilMs) return result;
  }
}
