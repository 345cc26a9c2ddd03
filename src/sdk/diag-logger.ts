import type { DiagLogger } from '@opentelemetry/api';
import type { Log } from '../core/log.ts';

/** An app that starts an SDK of its own beside us gets this from its API copy's registration. */
const DUPLICATE = /Attempted duplicate registration of API: (\w+)|does not match previously registered API/;

/** A directory that is hooked and has no package.json, such as the one of a Lambda function. */
const HARMLESS = /^Failed extracting version /;

/** Brings what OpenTelemetry says about itself to stderr, by our rules: one line, and not more than one a minute. */
export function createDiagLogger(log: Log): DiagLogger {
  const say =
    (level: 'error' | 'warn') =>
    (...parts: unknown[]): void => {
      const text = parts.map(toText).join(' ');
      if (DUPLICATE.test(text)) {
        log.trouble(
          'second SDK',
          "the app starts an OpenTelemetry SDK of its own; ours stays the global one and traces, the app's is not registered",
        );
        return;
      }
      if (log.enabled(HARMLESS.test(text) ? 'debug' : level)) log.trouble(text, text);
    };
  const tell =
    (level: 'info' | 'debug' | 'verbose') =>
    (...parts: unknown[]): void => {
      if (log.enabled(level)) log.line(level, parts.map(toText).join(' '));
    };
  return { error: say('error'), warn: say('warn'), info: tell('info'), debug: tell('debug'), verbose: tell('verbose') };
}

function toText(part: unknown): string {
  if (typeof part === 'string') return messageOf(part) ?? part;
  if (part instanceof Error) return part.message;
  try {
    return JSON.stringify(part) ?? String(part);
  } catch {
    return String(part);
  }
}

/** OpenTelemetry's error handler gives an error as JSON with its stack in it; the API gives the stack as text. */
function messageOf(text: string): string | undefined {
  if (!text.startsWith('{"stack":')) return /^(?:Error: )?(.+?)\n\s+at /s.exec(text)?.[1];
  try {
    return (JSON.parse(text) as { message?: string }).message;
  } catch {
    return undefined;
  }
}
