/**
 * The package `redis`, by what its `@redis/client` publishes from 5.12 on.
 *
 * @see https://github.com/redis/node-redis/blob/master/packages/client/lib/client/tracing.ts
 */
import { SpanKind } from '@opentelemetry/api';
import { defaultDbStatementSerializer } from '@opentelemetry/redis-common';
import { recordError } from '../record-error.ts';
import type { CallSpan, Library, ServerMessage } from './library.ts';

interface CommandMessage extends ServerMessage {
  /** The command's name and its arguments, those that may be secrets as `?`. */
  readonly args: readonly string[];
  /** Where the command is one of a batch. */
  readonly batchMode?: 'PIPELINE';
}

interface BatchMessage extends ServerMessage {
  readonly batchMode: 'MULTI' | 'PIPELINE';
  /** In commands, without `MULTI` and `EXEC`. */
  readonly batchSize: number;
}

function command(message: CommandMessage): CallSpan {
  const [name = '', ...args] = message.args;
  return client(`redis-${name}`, message, {
    'db.operation.name': message.batchMode === undefined ? name : `${message.batchMode} ${name}`,
    // cut as the official instrumentation cuts it
    'db.query.text': defaultDbStatementSerializer(name, args),
  });
}

/**
 * The commands of a pipeline are published one by one as well, those of a transaction are not.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/db/redis/ for why a batch of one has no size
 */
function batch(message: BatchMessage): CallSpan | undefined {
  if (message.batchMode !== 'MULTI') return undefined;
  const { batchMode, batchSize } = message;
  return client(`redis-${batchMode}`, message, {
    'db.operation.name': batchMode,
    'db.operation.batch.size': batchSize > 1 ? batchSize : undefined,
  });
}

function client(
  name: string,
  { serverAddress, serverPort }: ServerMessage,
  attributes: CallSpan['attributes'],
): CallSpan {
  const server = { 'db.system.name': 'redis', 'server.address': serverAddress, 'server.port': serverPort };
  return { name, kind: SpanKind.CLIENT, attributes: { ...server, ...attributes } };
}

/** Spans as `@opentelemetry/instrumentation-redis` makes them. */
export const redis: Library = {
  name: 'redis',
  channels: {
    'node-redis:command': command,
    'node-redis:batch': batch,
    'node-redis:connect': (message: ServerMessage) => client('redis-connect', message, {}),
  },
  runsInside: true,
  needsParent: false,
  recordError,
};
