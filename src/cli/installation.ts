import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Installation {
  readonly version: string;
  /** What `--import` is given. */
  readonly register: string;
  /** Where the build has put the viewer's page. */
  readonly pageDirectory: string;
  /** The demo's services. */
  readonly demoDirectory: string;
}

/** Finds the package around `directory`, which is in dist/ or, in a checkout, in src/. */
export function findInstallation(directory: string): Installation {
  for (let at = directory; ; at = dirname(at)) {
    const manifest = join(at, 'package.json');
    const { name, version } = existsSync(manifest)
      ? (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string; version?: string })
      : {};
    if (name === 'otel-preload') {
      return {
        version: version ?? '',
        register: join(at, 'register'),
        pageDirectory: join(at, 'dist', 'viewer'),
        demoDirectory: join(at, 'examples', 'demo'),
      };
    }
    if (dirname(at) === at) throw new Error(`${directory} is in no installation of otel-preload`);
  }
}
