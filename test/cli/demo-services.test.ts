import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DemoError, DemoServices, missingPackages } from '../../src/cli/demo-services.ts';
import { findInstallation, type Installation } from '../../src/cli/installation.ts';
import { tempDir } from '../support/app.ts';
import type { Cleanup } from '../support/cleanup.ts';
import { checkout } from '../support/run.ts';

/** The services somewhere that has no node_modules. */
function elsewhere(t: Cleanup): Installation {
  const demoDirectory = join(tempDir(t), 'examples', 'demo');
  cpSync(join(checkout, 'examples/demo'), demoDirectory, { recursive: true });
  return { ...findInstallation(checkout), demoDirectory };
}

test('what the services would not find is known before they start', (t) => {
  assert.deepEqual(missingPackages(findInstallation(checkout)), []);
  const installation = elsewhere(t);
  assert.deepEqual(missingPackages(installation), ['express', '@grpc/grpc-js', '@grpc/proto-loader']);
  const express = join(installation.demoDirectory, 'node_modules/express');
  mkdirSync(express, { recursive: true });
  writeFileSync(join(express, 'index.js'), '');
  assert.deepEqual(missingPackages(installation), ['@grpc/grpc-js', '@grpc/proto-loader']);
});

test('a service that ends by itself is an error that names it; stop ends the others', async (t) => {
  const installation = elsewhere(t);
  writeFileSync(join(installation.demoDirectory, 'profile-srv.mjs'), 'process.exit(3);');
  const services = new DemoServices(installation, 'http://127.0.0.1:9/api/traces');
  t.after(() => services.stop());
  void services.start();
  await assert.rejects(services.failed, (error) => {
    return error instanceof DemoError && error.message === 'profile-srv ended with 3';
  });
  await services.stop();
});
