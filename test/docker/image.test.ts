/** The Dockerfile's images, built and run for real; Debian, Node.js and npm below them are put together here. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { startCollector } from '../support/collector.ts';
import { freePorts } from '../support/ports.ts';
import { checkout } from '../support/run.ts';
import { skipOrFail } from '../support/skip-or-fail.ts';
import { Buildah, whyNoImages } from './buildah.ts';
import type { Container } from './buildah.ts';
import { signalPid1 } from './pid-namespace.ts';

const lacking = whyNoImages();

/** Answers one request that it makes to itself, and goes on; `code` given, it ends with that. */
const app = (code?: number): string => `
const http = require('node:http');
const server = http.createServer((request, response) => response.end('hello'));
server.listen(0, '127.0.0.1', () => {
  http.get({ host: '127.0.0.1', port: server.address().port, path: '/hello' }, (response) => {
    response.resume().on('end', () => setTimeout(() => {
      console.log('answered');
      ${code === undefined ? '' : `process.exit(${code});`}
    }, 50));
  });
});
`;

/** Puts an app into the working directory, which comes into being when a container engine starts the container. */
function install(container: Container, source: string): void {
  const folder = join(container.root, container.config.WorkingDir);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'app.js'), source);
  writeFileSync(join(folder, 'package.json'), '{ "scripts": { "start": "node app.js" } }');
}

suite('image', { timeout: 600_000 }, () => {
  let buildah: Buildah;
  let image: string;
  const it = (name: string, body: (t: TestContext) => Promise<void>): void => {
    test(name, (t) => (lacking === undefined ? body(t) : skipOrFail(t, lacking)));
  };

  before(async () => {
    if (lacking !== undefined) return;
    buildah = await Buildah.open();
    await buildah.prune();
    image = await buildah.build([]);
  });

  it('runs as node, who can write nothing of the preload', async (t) => {
    const container = await buildah.container(t, image);
    assert.equal(await container.exec('id', '-un'), 'node');
    assert.match(container.config.User, /^[1-9]\d*:[1-9]\d*$/);
    assert.equal(await container.exec('find', '/opt/otel-preload', '-writable'), '');
    // All of it can be read, whatever the umask of the checkout was.
    assert.equal(await container.exec('find', '/opt/otel-preload', '!', '-readable'), '');
  });

  it('node app.js: the spans arrive and stderr is empty', async (t) => {
    const container = await buildah.container(t, image);
    const collector = await startCollector(t);
    install(container, app(7));
    const ended = await container.run(['node', 'app.js'], { TRACING_URL: collector.jaegerUrl }).ended;
    assert.deepEqual([ended.code, ended.stdout, ended.stderr], [7, 'answered\n', '']);
    assert.deepEqual((await collector.waitForSpans(2)).map((span) => span.kind).sort(), ['client', 'server']);
  });

  for (const [title, command, code] of [
    ['node app.js', ['node', 'app.js'], 143],
    // npm tells its shell; that one's code is npm's.
    ['npm start', ['npm', 'start', '--silent'], 143],
    ['a shell wrapper that dies by the signal', ['sh', '-c', 'node app.js; echo never'], 143],
    ['a shell wrapper that makes way', ['sh', '-c', 'exec node app.js'], 143],
  ] as const) {
    it(`${title}: SIGTERM ends it within 2 s with 128+15, the last spans delivered`, async (t) => {
      const container = await buildah.container(t, image);
      const collector = await startCollector(t);
      install(container, app());
      const running = container.run(command, {
        TRACING_URL: collector.jaegerUrl,
        // Nothing is sent by itself before the end.
        OTEL_BSP_SCHEDULE_DELAY: '60000',
      });
      await running.ready(/answered/);
      const sentMs = performance.now();
      signalPid1(running, 'SIGTERM');
      const ended = await running.ended;
      assert.deepEqual([ended.code, ended.stdout, ended.stderr], [code, 'answered\n', '']);
      assert.ok(performance.now() - sentMs < 2000);
      const spans = await collector.waitForSpans(2);
      assert.deepEqual(spans.map((span) => span.kind).sort(), ['client', 'server']);
    });
  }

  it('at a terminal, where node itself is PID 1: SIGINT ends it with 128+2, the spans delivered', async (t) => {
    const container = await buildah.container(t, image);
    const collector = await startCollector(t);
    install(container, `require('node:assert').equal(process.pid, 1);${app()}`);
    const running = container.runAtTerminal(['node', 'app.js'], { TRACING_URL: collector.jaegerUrl });
    await running.ready(/answered/);
    signalPid1(running, 'SIGINT');
    assert.equal((await running.ended).code, 130);
    await collector.waitForSpans(2);
  });

  it('the target layer is /opt/otel-preload alone, 8 MB at most, to be copied into an image of one’s own', async (t) => {
    const layer = await buildah.build(['--target', 'layer']);
    const { root } = await buildah.container(t, layer);
    assert.deepEqual(readdirSync(root), ['opt']);
    assert.deepEqual(readdirSync(join(root, 'opt')), ['otel-preload']);
    assert.deepEqual(readdirSync(join(root, 'opt/otel-preload')).sort(), [
      'LICENSE',
      'dist',
      'entrypoint',
      'node_modules',
      'package.json',
      'register',
    ]);
    const files = readdirSync(join(root, 'opt/otel-preload'), { recursive: true, withFileTypes: true });
    const bytes = files
      .filter((file) => file.isFile())
      .reduce((sum, file) => sum + readFileSync(join(file.parentPath, file.name)).length, 0);
    assert.ok(bytes <= 8e6, `${bytes} bytes`);

    // The recipe of docs/docker.md, with the images of this test.
    const [, recipe = ''] =
      /```dockerfile\n(.*?)```/s.exec(readFileSync(join(checkout, 'docs/docker.md'), 'utf8')) ?? [];
    assert.match(recipe, /^COPY --from=otel-preload:layer /m);
    const folder = mkdtempSync(join(tmpdir(), 'own-image-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const own = recipe
      .replace(/^FROM \S+/m, `FROM ${await buildah.base()}`)
      .replace('--from=otel-preload:layer', `--from=${layer}`)
      .replace(/^COPY --chown.*$/m, `RUN echo 'console.log(process.env.NODE_OPTIONS)' > server.js`)
      .replace(/^RUN npm.*$/m, '');
    writeFileSync(join(folder, 'Dockerfile'), own);
    const container = await buildah.container(t, await buildah.build([], join(folder, 'Dockerfile')));
    const ended = await container.run().ended;
    assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, '--require /opt/otel-preload/register\n', '']);
  });

  it('the target demo: curl → gateway → user-srv → profile-srv is one trace', async (t) => {
    const demo = await buildah.container(t, await buildah.build(['--target', 'demo']));
    const collector = await startCollector(t);
    const [http = 0, grpc = 0, profiles = 0] = await freePorts(3);
    const service = (name: string, env: Record<string, string>): Promise<unknown> =>
      demo
        .run(['node', `examples/demo/${name}.mjs`], {
          TRACING_CONFIG: `examples/demo/${name}.yaml`,
          TRACING_URL: collector.jaegerUrl,
          OTEL_BSP_SCHEDULE_DELAY: '100',
          ...env,
        })
        .ready(/ on \d+/);
    await service('profile-srv', { PORT: String(profiles) });
    await service('user-srv', { PORT: String(grpc), PROFILE_SRV: `127.0.0.1:${profiles}` });
    await service('gateway', { PORT: String(http), USER_SRV: `127.0.0.1:${grpc}` });
    const response = await fetch(`http://127.0.0.1:${http}/users/1`);
    assert.equal(response.status, 200);
    const spans = await collector.waitForSpans((all) => all.length >= 8, 15_000);
    assert.deepEqual(new Set(spans.map((span) => span.service)), new Set(['gateway', 'user-srv', 'profile-srv']));
    assert.equal(new Set(spans.map((span) => span.traceId)).size, 1);
  });
});
