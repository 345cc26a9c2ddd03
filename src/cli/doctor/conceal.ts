import { MASK, maskUrl } from '../../config/mask.ts';
import { options, type SettingName, type Settings } from '../../config/options.ts';
import type { Route } from './find-routes.ts';

/** Shorter ones are found in half of all words. */
const MIN_CHARS = 4;

/**
 * Makes what takes the configuration's secrets out of a text: those of the table, those in addresses and in the headers
 * that come of them, wherever somebody has repeated them.
 */
export function createConcealer(settings: Settings, routes: readonly Route[]): (text: string) => string {
  const secrets = new Set<string>();
  const add = (value: string): void => {
    for (const one of [value, encodeURIComponent(value), value.replace(/^\w+ /, '')])
      if (one.length >= MIN_CHARS) secrets.add(one);
  };
  for (const [name, row] of Object.entries(options)) {
    const value = settings[name as SettingName];
    if (!('secret' in row) || value === undefined) continue;
    for (const one of typeof value === 'object' ? Object.values(value) : [value]) add(String(one));
  }
  for (const target of routes.flatMap(({ targets }) => targets)) {
    if (target.kind === 'udp') continue;
    for (const value of [target.headers['authorization'], target.proxy?.authorization]) {
      if (value === undefined) continue;
      add(value);
      const [, encoded = ''] = /^Basic (.*)$/.exec(value) ?? [];
      const [, password = ''] = /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
      add(password);
    }
  }
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((shown, secret) => shown.replaceAll(secret, MASK), maskUrl(text));
}
