import { computed, signal, type ReadonlySignal } from '@preact/signals';

export type Route =
  | { readonly page: 'list' }
  | { readonly page: 'trace'; readonly id: string }
  | { readonly page: 'compare'; readonly a: string; readonly b: string }
  | { readonly page: 'services' }
  | { readonly page: 'graph' }
  | { readonly page: 'unknown' };

const address = signal(new URL(location.href));

export const route: ReadonlySignal<Route> = computed(() => toRoute(address.value));
export const parameters: ReadonlySignal<URLSearchParams> = computed(() => address.value.searchParams);

function toRoute({ pathname, searchParams }: URL): Route {
  const [, room = '', id = ''] = pathname.split('/');
  if (room === '' || room === 'search') return { page: 'list' };
  // Jaeger's page compares under /trace/a...b
  const [a = '', b] = id.split('...');
  if (room === 'trace' && b !== undefined) return { page: 'compare', a, b };
  if (room === 'trace' && id !== '') return { page: 'trace', id };
  if (room === 'compare') return { page: 'compare', a: searchParams.get('a') ?? '', b: searchParams.get('b') ?? '' };
  if (room === 'services') return { page: 'services' };
  if (room === 'dependencies') return { page: 'graph' };
  return { page: 'unknown' };
}

/** Goes to a page of ours. */
export function navigate(path: string, { replace = false } = {}): void {
  const url = new URL(path, location.href);
  if (url.href === location.href) return;
  if (replace) history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  const isOther = url.pathname !== address.value.pathname;
  address.value = url;
  if (isOther) scrollTo(0, 0);
}

/** Keeps what the user has set in the address, so that a link shows the same. Empty values are left out. */
export function setParameters(changes: Readonly<Record<string, string | undefined>>, { replace = true } = {}): void {
  const url = new URL(address.value);
  for (const [name, value] of Object.entries(changes)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  navigate(url.pathname + url.search, { replace });
}

addEventListener('popstate', () => {
  address.value = new URL(location.href);
});

/** Links stay links: with a modifier, or to elsewhere, the browser follows them as ever. */
document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
});
