import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pack } from '../../src/spool/spool-file.ts';
import { DecodeError } from '../../src/viewer/decode/byte-reader.ts';
import { openFile } from '../../src/viewer/open-file.ts';
import { createJaegerAgentEncoder } from '../../src/wire/jaeger-agent-encoder.ts';
import { createJaegerEncoder } from '../../src/wire/jaeger-encoder.ts';
import { createOtlpJsonEncoder } from '../../src/wire/otlp-json-encoder.ts';
import { createOtlpProtobufEncoder } from '../../src/wire/otlp-protobuf-encoder.ts';
import { tempDir } from '../support/app.ts';
import { aSpan } from '../wire/spans.ts';

const oracle = (name: string): string => fileURLToPath(new URL(`../fixtures/oracle/${name}`, import.meta.url));

test('a saved answer of Jaeger, plain and gzipped', async (t) => {
  const file = oracle('jaeger-answer.json');
  assert.equal((await openFile(file)).spans.length, 7);
  const zipped = join(tempDir(t), 'answer.json.gz');
  writeFileSync(zipped, gzipSync(readFileSync(file)));
  assert.equal((await openFile(zipped)).spans.length, 7);
});

test('a spool file of each encoding', async (t) => {
  const file = join(tempDir(t), '0mwsct038-cfffe678-001.1.x.spool');
  for (const encoder of [
    createJaegerEncoder(),
    createJaegerAgentEncoder({ protocol: 'compact' }),
    createJaegerAgentEncoder({ protocol: 'binary' }),
    createOtlpJsonEncoder(),
    createOtlpProtobufEncoder(),
  ]) {
    encoder.append(aSpan(), 65_000);
    const payload = encoder.take();
    assert.ok(payload);
    writeFileSync(file, await pack(payload));
    const { spans } = await openFile(file);
    assert.deepEqual([spans.length, spans[0]?.operationName], [1, 'GET /users/:id'], payload.contentType);
  }
  writeFileSync(file, await pack({ body: Buffer.from('x'), contentType: 'text/plain', spans: 1 }));
  await assert.rejects(openFile(file), /it holds text\/plain, which is not known/);
});

test('a damaged file, another kind of file and none at all are told apart', async (t) => {
  const file = join(tempDir(t), 'file');
  writeFileSync(file, gzipSync('{}').subarray(0, 12));
  await assert.rejects(openFile(file), (error) => error instanceof DecodeError && error.message === 'it is damaged');
  writeFileSync(file, 'text');
  await assert.rejects(openFile(file), DecodeError);
  await assert.rejects(openFile(`${file}.not`), { code: 'ENOENT' });
});
