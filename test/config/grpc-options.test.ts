import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grpcOptions } from '../../src/config/grpc-options.ts';

test('metadata is captured by 4 options, named after side and direction', () => {
  const { grpcInstrumentation: choice, ...captures } = grpcOptions;
  assert.deepEqual(choice.env, ['TRACING_GRPC_INSTRUMENTATION']);
  assert.deepEqual(
    Object.values(captures).map(({ env: [name], yaml }) => [name, yaml]),
    ['SERVER_REQUEST', 'SERVER_RESPONSE', 'CLIENT_REQUEST', 'CLIENT_RESPONSE'].map((name) => [
      `OTEL_INSTRUMENTATION_GRPC_CAPTURE_METADATA_${name}`,
      `grpc.${name.toLowerCase().replace('_', '.')}_captured_metadata`,
    ]),
  );
  assert.deepEqual(captures.grpcServerRequestMetadata.type.parse('X-User,x_two, a b'), {
    value: ['X-User', 'x_two'],
    rejected: 'a b',
  });
});

test('the instrumentation is one of two', () => {
  const { type } = grpcOptions.grpcInstrumentation;
  assert.deepEqual(
    ['Native', 'official', 'other'].map((text) => type.parse(text)?.value),
    ['native', 'official', undefined],
  );
});
