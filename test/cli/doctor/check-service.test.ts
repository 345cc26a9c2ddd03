import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkService } from '../../../src/cli/doctor/check-service.ts';

test('name, namespace and address are shown', () => {
  const shown = checkService({ 'service.name': 'shop', namespace: 'dev', address: '10.1.2.3:80' });
  assert.deepEqual(
    shown.map(({ status, reason }) => [status, reason]),
    [
      ['ok', 'shop of namespace dev'],
      ['ok', '10.1.2.3:80'],
    ],
  );
});

test('a service without a name or an address is warned of, with the variable that mends it', () => {
  const [name, address] = checkService({ 'service.name': 'unknown_service:node' });
  assert.deepEqual([name?.status, address?.status], ['warn', 'warn']);
  assert.match(name?.fix ?? '', /OTEL_SERVICE_NAME/);
  assert.match(address?.fix ?? '', /TRACING_ADDRESS/);
});
