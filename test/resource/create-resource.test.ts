import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DetectedResourceAttributes } from '@opentelemetry/resources';
import { createLog } from '../../src/core/log.ts';
import { type CreatedResource, createResource, type ResourceOptions } from '../../src/resource/create-resource.ts';
import { loadDetectors, type NamedDetector } from '../../src/resource/detectors.ts';

const network = {
  interfaces: () => ({
    eth0: [{ address: '10.0.0.8', family: 'IPv4' as const, internal: false, netmask: '', mac: '', cidr: null }],
  }),
  read: () => '',
};

function detector(name: string, detect: () => DetectedResourceAttributes): NamedDetector {
  return { name, detector: { detect: () => ({ attributes: detect() }) } };
}

function create(t: TestContext, options: Partial<ResourceOptions> = {}): CreatedResource & { lines: string[] } {
  const lines: string[] = [];
  const log = createLog({ level: 'info', write: (line) => lines.push(line) });
  const created = createResource({ settings: {}, detectors: [], log, network, entry: undefined, cwd: '/', ...options });
  t.after(() => created.close());
  return { ...created, lines };
}

describe('createResource', () => {
  it('says who the service is', (t) => {
    const settings = { registerName: 'user-srv', namespace: 'dev', grpcPort: 50061 };
    const { resource } = create(t, { settings });
    const { 'telemetry.sdk.version': version, ...attributes } = resource.attributes;
    assert.match(String(version), /^\d/);
    assert.deepEqual(attributes, {
      'service.name': 'user-srv',
      namespace: 'dev',
      'service.namespace': 'dev',
      address: '10.0.0.8:50061',
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.name': 'opentelemetry',
    });
    assert.equal(resource.asyncAttributesPending, false);
  });

  it('lets what is configured win over what is found, and the name over all', (t) => {
    const { resource } = create(t, {
      settings: {
        serviceName: 'by-name',
        resourceAttributes: { 'service.name': 'by-attribute', 'host.name': 'configured', address: 'lb:80', team: 'a' },
      },
      detectors: [
        detector('host', () => ({ 'host.name': 'found', 'host.arch': 'amd64' })),
        detector('aws', () => ({ 'host.arch': 'arm64', 'service.name': 'found' })),
      ],
    });
    const { attributes } = resource;
    assert.equal(attributes['service.name'], 'by-name');
    assert.equal(attributes['host.name'], 'configured');
    assert.equal(attributes['host.arch'], 'arm64');
    assert.equal(attributes['address'], 'lb:80');
    assert.equal(attributes['team'], 'a');
  });

  it('keeps of what is found what is wanted, at once or later, and all that is configured', async (t) => {
    const settings = {
      resourceAttributes: { 'host.id': 'mine', count: 5 },
      detectedAttributes: ['host.*', 'process.*'],
      undetectedAttributes: ['*.id'],
      resourceSchemaUrl: 'https://schema',
    };
    const { resource } = create(t, {
      settings,
      detectors: [
        detector('a', () => ({ 'host.name': 'h', 'host.id': 'found', 'os.type': 'linux' })),
        detector('b', () => ({ 'process.pid': Promise.resolve(1), 'process.id': Promise.resolve(2) })),
      ],
    });
    await resource.waitForAsyncAttributes?.();
    const found = Object.entries(resource.attributes).filter(([key]) => /^(?:host|os|process|count)/.test(key));
    assert.deepEqual(Object.fromEntries(found), { 'host.name': 'h', 'process.pid': 1, 'host.id': 'mine', count: 5 });
    assert.equal(resource.schemaUrl, 'https://schema');
  });

  it('takes the namespace of the configured attributes too', (t) => {
    const { resource } = create(t, { settings: { resourceAttributes: { 'service.namespace': 'shop' } } });
    assert.equal(resource.attributes['namespace'], 'shop');
  });

  it('has no address without a network and no namespace without one configured', (t) => {
    const { resource } = create(t, { network: { interfaces: () => ({}), read: () => '' } });
    assert.deepEqual(
      Object.keys(resource.attributes).filter((key) => /address|namespace/.test(key)),
      [],
    );
  });

  it('learns the port when the server listens, after spans have gone out', async (t) => {
    const { resource } = create(t);
    assert.equal(resource.attributes['address'], '10.0.0.8');
    assert.equal(resource.asyncAttributesPending, false);
    const server = createServer().listen();
    t.after(() => server.close());
    await once(server, 'listening');
    assert.equal(resource.attributes['address'], `10.0.0.8:${(server.address() as AddressInfo).port}`);
  });

  it('looks nothing up before somebody looks at it, unless a detector has to be waited for', async (t) => {
    let asked = 0;
    const quick = { ...detector('os', () => ({ 'os.type': String(++asked) })), answersAtOnce: true };
    const { resource, ready } = create(t, { detectors: [quick] });
    const server = createServer().listen();
    t.after(() => server.close());
    await once(server, 'listening');
    await ready;
    assert.equal(asked, 0);
    const { port } = server.address() as AddressInfo;
    const { 'os.type': type, address } = resource.attributes;
    assert.deepEqual([asked, type, address], [1, '1', `10.0.0.8:${port}`]);

    create(t, { detectors: [quick, detector('aws', () => ({ 'cloud.provider': 'aws' }))] });
    assert.equal(asked, 2);
  });

  it('waits for detectors that answer later', async (t) => {
    const { resource, ready, lines } = create(t, {
      detectors: [detector('host', () => ({ 'host.id': Promise.resolve('abc'), 'host.name': 'n' }))],
    });
    assert.equal(resource.asyncAttributesPending, true);
    assert.equal(resource.attributes['host.name'], 'n');
    await ready;
    assert.equal(resource.attributes['host.id'], 'abc');
    assert.equal(resource.asyncAttributesPending, false);
    assert.deepEqual(lines, []);
  });

  it('goes on in a line without a detector that throws, rejects or hangs', async (t) => {
    const hang = new Promise<string>(() => {});
    const { resource, ready, lines } = create(t, {
      deadlineMs: 20,
      detectors: [
        detector('container', () => {
          throw new Error('no /proc');
        }),
        detector('gcp', () => ({ 'cloud.region': Promise.reject(new Error('no such host')) })),
        detector('aws', () => ({ 'cloud.region': hang, 'host.id': hang, 'cloud.provider': 'aws' })),
      ],
    });
    // nothing else keeps this test's process alive, and the deadline must not either
    const alive = setInterval(() => {}, 10);
    await ready;
    clearInterval(alive);
    assert.equal(resource.attributes['cloud.provider'], 'aws');
    assert.deepEqual(lines, [
      'otel-preload: the resource detector container failed: Error: no /proc; going on without\n',
      'otel-preload: the resource detector gcp failed: Error: no such host; going on without\n',
      'otel-preload: the resource detector aws did not answer in 20 ms; going on without\n',
    ]);
  });

  it('describes host, os and process, without the secrets of the command line', async (t) => {
    const argv = process.argv;
    t.after(() => (process.argv = argv));
    process.argv = [
      '/bin/node',
      '/srv/app.js',
      '--api-key=S3CR3T',
      '--password',
      'S3CR3T',
      'http://u:S3CR3T@h/?token=S3CR3T',
    ];
    const log = createLog({ level: 'info', write: () => {} });
    const detectors = loadDetectors(['host', 'os', 'process', 'serviceinstance', 'container'], () => undefined, log);
    const { resource, ready } = create(t, { detectors });
    await ready;
    const { attributes } = resource;
    for (const key of [
      'host.name',
      'host.arch',
      'os.type',
      'process.pid',
      'process.runtime.version',
      'service.instance.id',
    ]) {
      assert.ok(key in attributes, key);
    }
    assert.equal(attributes['process.command'], '/srv/app.js');
    assert.ok(!JSON.stringify(attributes).includes('S3CR3T'));
  });

  it('does not keep a process alive, not by a detector that hangs either', async () => {
    const module = (path: string): string =>
      JSON.stringify(fileURLToPath(new URL(`../../src/${path}`, import.meta.url)));
    const program = `
      import { createResource } from ${module('resource/create-resource.ts')};
      const detector = { detect: () => ({ attributes: { a: new Promise(() => {}) } }) };
      createResource({ settings: {}, detectors: [{ name: 'hangs', detector }], log: undefined, deadlineMs: 60_000 });
      console.log('end');`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', program],
      {
        timeout: 20_000,
      },
    );
    assert.equal(stdout, 'end\n');
  });
});
