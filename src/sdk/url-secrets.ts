import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { RecordingSpan } from '../trace/recording-span.ts';

/** Attributes that hold a URL or the query of one, by the stable and the older conventions. */
const URL_ATTRIBUTES = ['url.full', 'url.query', 'http.url', 'http.target'] as const;

const REDACTED = 'REDACTED';
/** Each is matched in one pass: these texts are the client's, who must not slow us down. */
const PARAMETER = /(^|[?&])([^=&#?/]*)=[^&#]*/g;
const SECRET_NAME =
  /token|secret|passw|pwd|credential|auth(?!or(?!iz))|api[-_.]?key|access[-_.]?key|session|signature|cookie|jwt|^sig$|^key$/i;
/** In every text that has such a name: one look tells that most have none, in a tenth of the time. */
const MAY_BE_SECRET = /token|secret|passw|pwd|credential|auth|key|session|sig|cookie|jwt/i;
/** All up to the last `@` before the path: a password may have one of its own. */
const USER_INFO = /^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i;

/**
 * Takes the secrets out of URLs before a span is sent, whoever made it: the instrumentations know a handful of
 * parameters, and only some of them look at all.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/#url-full
 */
export class UrlSecrets implements SpanProcessor {
  onStart(): void {}

  onEnding(span: Span): void {
    for (const key of URL_ATTRIBUTES) {
      const text = span instanceof RecordingSpan ? span.attribute(key) : span.attributes[key];
      if (typeof text !== 'string') continue;
      const safe = redactUrl(text);
      if (safe !== text) span.setAttribute(key, safe);
    }
  }

  onEnd(_span: ReadableSpan): void {}

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** Hides credentials and the values of parameters whose name speaks of a secret; `text` is a URL, a path or a query. */
export function redactUrl(text: string): string {
  if (!text.includes('@') && !(text.includes('=') && MAY_BE_SECRET.test(text))) return text;
  return text
    .replace(USER_INFO, `$1${REDACTED}:${REDACTED}@`)
    .replaceAll(PARAMETER, (whole, before: string, name: string) =>
      SECRET_NAME.test(name) ? `${before}${name}=${REDACTED}` : whole,
    );
}
