import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce, cachePath, runTool } from '../../test/support/build-once.ts';

/** What other tracers install: name of the variant → its packages. */
const peers = {
  official: ['@opentelemetry/auto-instrumentations-node@0.82.0', '@opentelemetry/api@1.10.0'],
  'official-jaeger': [
    '@opentelemetry/auto-instrumentations-node@0.82.0',
    '@opentelemetry/exporter-jaeger@2.11.0',
    '@opentelemetry/api@1.10.0',
  ],
  edot: ['@elastic/opentelemetry-node@1.18.0'],
  'dd-trace': ['dd-trace@6.21.0'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type PeerName = keyof typeof peers;

export const peerNames = Object.keys(peers) as PeerName[];

/** Where a peer is installed, in the user's cache: no checkout has it among its own packages. */
export function peerDir(name: PeerName): string {
  return cachePath('otel-preload', 'bench', name);
}

export function isInstalled(name: PeerName): boolean {
  return existsSync(join(peerDir(name), 'node_modules'));
}

/** Installs the peers that are missing, and prints those that cannot be had. */
export async function installPeers(): Promise<void> {
  const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
  for (const name of peerNames) {
    try {
      await buildOnce(peerDir(name), async (unfinished) => {
        console.log(`installing ${peers[name].join(' ')}`);
        await runTool('npm', ['install', '--prefix', unfinished, ...flags, ...peers[name]], { cwd: '/' });
      });
    } catch (error) {
      console.log(`${name} cannot be installed: ${String(error)}`);
    }
  }
}
