/** Ends of cluster workers and child processes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCollector } from '../support/collector.ts';
import { arrived, program, shown } from './ends.ts';

test('cluster workers that disconnect, exit or are killed deliver their spans, the primary its own', async (t) => {
  const collector = await startCollector(t);
  const source = `const cluster = require('cluster');
    if (cluster.isPrimary) {
      end(40);
      const codes = [];
      for (const how of ['disconnect', 'exit', 'kill']) {
        const worker = cluster.fork({ HOW: how });
        worker.on('message', () => process.kill(worker.process.pid, 'SIGTERM'));
        worker.on('exit', (code, signal) => { codes.push(how + ' ' + code + ' ' + signal); if (codes.length === 3) console.log(codes.sort().join(', ')); });
      }
    } else {
      end(10, process.env.HOW);
      if (process.env.HOW === 'exit') process.exit(3);
      if (process.env.HOW === 'disconnect') process.disconnect();
      if (process.env.HOW === 'kill') process.send('ready');
    }`;
  const { bare, traced } = program(t, source);
  const ended = shown(await traced({ TRACING_URL: collector.jaegerUrl }));
  assert.deepEqual(ended, shown(await bare()));
  assert.equal(ended.stdout, 'disconnect 0 null, exit 3 null, kill null SIGTERM\n');
  assert.deepEqual(arrived(collector), { span: 40, disconnect: 10, exit: 10, kill: 10 });
});

test('a fork inherits the preload by its flag, a spawned Node.js by NODE_OPTIONS', async (t) => {
  const collector = await startCollector(t);
  const source = `const { fork, spawn } = require('child_process');
    if (process.argv[2]) { end(10, process.argv[2]); process.exit(2); }
    end(40);
    fork(__filename, ['forked']).on('exit', (code) => {
      console.log('forked', code);
      const env = { ...process.env, NODE_OPTIONS: '--require ' + require.resolve('otel-preload/register') };
      spawn(process.execPath, [__filename, 'spawned'], { env, stdio: 'inherit' }).on('exit', (code) => console.log('spawned', code));
    });`;
  const ended = await program(t, source).traced({ TRACING_URL: collector.jaegerUrl });
  assert.deepEqual(shown(ended), { code: 0, signal: null, stdout: 'forked 2\nspawned 2\n', stderr: '' });
  assert.deepEqual(arrived(collector), { span: 40, forked: 10, spawned: 10 });
});
