/**
 * The package `mysql2`, by what it publishes from 3.20 on.
 *
 * Its channels of connections are not listened to: where somebody does, mysql2 itself listens for `error` on each
 * connection, and an app that does not would no longer be told of it.
 *
 * @see https://github.com/sidorares/node-mysql2/blob/master/lib/tracing.js
 */
import { type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { CallSpan, Library, ServerMessage } from './library.ts';
import { maskValues } from './mask-values.ts';

interface QueryMessage extends ServerMessage {
  /** Of `query()` with the values in it, as it goes to the server, of `execute()` with its placeholders. */
  readonly query: string;
  /** Undefined, or a list of none, where the text is as the app has written it. */
  readonly values?: unknown;
  /** Empty where there is none. */
  readonly database: string;
}

function query(message: QueryMessage): CallSpan {
  const { query: sql, values } = message;
  const isAsWritten = values === undefined || values === null || (Array.isArray(values) && values.length === 0);
  return statement(message, isAsWritten ? sql : maskValues(sql));
}

/** @param text has no values that are not the app's own text: they may be secrets */
function statement({ database, serverAddress, serverPort }: QueryMessage, text: string): CallSpan {
  const [name = ''] = text.split(' ', 1);
  const attributes = {
    'db.system.name': 'mysql',
    'db.namespace': database || undefined,
    'db.query.text': text,
    'server.address': serverAddress,
    'server.port': serverPort,
  };
  return { name, kind: SpanKind.CLIENT, attributes };
}

function recordError(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
}

/** Spans as `@opentelemetry/instrumentation-mysql2` makes them. */
export const mysql2: Library = {
  name: 'mysql2',
  channels: {
    'mysql2:query': query,
    'mysql2:execute': (message: QueryMessage) => statement(message, message.query),
  },
  runsInside: false,
  needsParent: false,
  recordError,
};
