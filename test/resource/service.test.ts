import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { findService } from '../../src/resource/service.ts';

function app(t: TestContext, files: Record<string, unknown>): string {
  const dir = mkdtempSync(join(tmpdir(), 'otel-preload-'));
  t.after(() => rmSync(dir, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return dir;
}

const resourceAttributes = {};

describe('the service', () => {
  it('is called as configured, then as it registers, then as its package', (t) => {
    const cwd = app(t, { 'package.json': { name: '@acme/users', version: '1.2.3' } });
    const base = { resourceAttributes, entry: join(cwd, 'app.js'), cwd };
    assert.deepEqual(findService(base), { name: '@acme/users', version: '1.2.3' });
    assert.equal(findService({ ...base, registerName: 'user-srv' }).name, 'user-srv');
    const attributes = { 'service.name': 'by-attribute', 'service.version': '9' };
    assert.deepEqual(findService({ ...base, registerName: 'user-srv', resourceAttributes: attributes }), {
      name: 'by-attribute',
      version: '9',
    });
    assert.equal(findService({ ...base, serviceName: 'by-name', resourceAttributes: attributes }).name, 'by-name');
    assert.equal(findService({ ...base, serviceName: 'by-name' }).version, '1.2.3');
  });

  it('is the package of the entry script, not of the directory it is started in', (t) => {
    const dir = app(t, {
      'package.json': { name: 'monorepo' },
      'services/users/package.json': { name: 'users', version: '2.0.0' },
      'services/users/dist/package.json': { type: 'module' },
      'services/users/dist/app.js': '',
    });
    const entry = join(dir, 'services/users/dist/app.js');
    assert.deepEqual(findService({ resourceAttributes, entry, cwd: dir }), { name: 'users', version: '2.0.0' });
    assert.equal(findService({ resourceAttributes, entry: undefined, cwd: join(dir, 'services') }).name, 'monorepo');
  });

  it('is found for a directory, a name without its extension and a relative path', (t) => {
    const cwd = app(t, {
      'package.json': { name: 'users' },
      'src/index.js': '',
      'src/package.json': { name: 'inner' },
    });
    assert.equal(findService({ resourceAttributes, entry: join(cwd, 'src'), cwd: '/' }).name, 'inner');
    assert.equal(findService({ resourceAttributes, entry: join(cwd, 'app'), cwd: '/' }).name, 'users');
    assert.equal(findService({ resourceAttributes, entry: 'src/index.js', cwd }).name, 'inner');
  });

  it('is that of the app around a tool in node_modules, from wherever it is started', (t) => {
    const cwd = app(t, {
      'package.json': { name: 'app', version: '1.0.0' },
      'packages/web/package.json': { name: 'web', version: '2.0.0' },
      'node_modules/next/package.json': { name: 'next', version: '15.0.0' },
      'node_modules/next/dist/bin/next': '',
      'node_modules/.bin/.keep': '',
    });
    symlinkSync('../next/dist/bin/next', join(cwd, 'node_modules/.bin/next'));
    const entry = join(cwd, 'node_modules/.bin/next');
    const nameIn = (directory: string): string => findService({ resourceAttributes, entry, cwd: directory }).name;
    assert.deepEqual([nameIn(cwd), nameIn('/'), nameIn(join(cwd, 'packages/web'))], ['app', 'app', 'web']);
  });

  it('is its own where a tool is installed with no app around it', (t) => {
    const cwd = app(t, { 'lib/node_modules/pm/package.json': { name: 'pm' }, 'lib/node_modules/pm/cli.js': '' });
    const entry = join(cwd, 'lib/node_modules/pm/cli.js');
    assert.equal(findService({ resourceAttributes, entry, cwd: '/' }).name, 'pm');
  });

  it('is never this package', (t) => {
    const cwd = app(t, {
      'package.json': { name: 'app' },
      'node_modules/otel-preload/package.json': { name: 'otel-preload' },
      'node_modules/otel-preload/dist/cli.js': '',
    });
    const entry = join(cwd, 'node_modules/otel-preload/dist/cli.js');
    assert.equal(findService({ resourceAttributes, entry, cwd }).name, 'app');
  });

  it('is unknown_service:node where nothing tells, broken files included', (t) => {
    const cwd = app(t, { 'package.json': '{ "name": ', 'a/package.json': { name: 7 }, 'a/app.js': '' });
    assert.deepEqual(findService({ resourceAttributes, entry: join(cwd, 'a/app.js'), cwd }), {
      name: 'unknown_service:node',
      version: undefined,
    });
  });
});
