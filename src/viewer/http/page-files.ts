import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { send } from './answer.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What the page's own router knows; each is the same document. */
const PAGES = /^\/(?:$|search$|trace\/|compare$|services$|dependencies$)/;

/** The files of the page, read once: what is not among them is not there, whatever a path says. */
export class PageFiles {
  readonly #files: ReadonlyMap<string, Buffer>;

  /** @param directory where the build has put the page; where it has not, there is no page, and the API is all */
  constructor(directory = '') {
    const names = existsSync(directory) ? readdirSync(directory) : [];
    this.#files = new Map(names.map((name) => [`/${name}`, readFileSync(join(directory, name))]));
  }

  /** @returns whether there is such a page or file */
  answer(response: ServerResponse, path: string): boolean {
    const name = PAGES.test(path) ? '/index.html' : path;
    const bytes = this.#files.get(name);
    const type = types[extname(name)];
    if (bytes === undefined || type === undefined) return false;
    // a file's name changes with what is in it, but for the document
    const cacheControl = name === '/index.html' ? 'no-cache' : 'public, max-age=31536000, immutable';
    send(response, 200, bytes, { 'content-type': type, 'cache-control': cacheControl });
    return true;
  }
}
