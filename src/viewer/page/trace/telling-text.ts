import type { Tag } from '../../span.ts';

/** What tells one call of an operation from another, the older names beside the newer; the first that is there counts. */
const KEYS = [
  'url.full',
  'http.url',
  'url.path',
  'http.target',
  'db.query.text',
  'db.statement',
  'messaging.destination.name',
  'graphql.operation.name',
];
const MAX_CHARACTERS = 200;

/** The path, query or destination of a span whose name does not say it, in one line; empty where there is nothing to add. */
export function tellingText(operation: string, tags: readonly Tag[]): string {
  const valueOf = (wanted: string): string => {
    const value = tags.find(({ key }) => key === wanted)?.value;
    return typeof value === 'string' ? value : '';
  };
  const key = KEYS.find((one) => valueOf(one) !== '');
  if (key === undefined) return '';
  const value = valueOf(key).slice(0, 2 * MAX_CHARACTERS);
  const query = key === 'url.path' && valueOf('url.query') !== '' ? `?${valueOf('url.query')}` : '';
  const text = `${value.replace(/^https?:\/\//, '')}${query}`.replaceAll(/\s+/g, ' ').trim();
  if (operation.includes(text)) return '';
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}
