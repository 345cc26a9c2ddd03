import { computed, signal } from '@preact/signals';

/** Hues for services. Reds are left out: red means an error. Lightness and chroma come from the theme. */
const HUES = [264, 155, 62, 322, 205, 112, 292, 178, 85, 236, 345, 135, 304, 48] as const;
const HUES_KEY = 'otel-preload-hues';
const MAX_SAVED = 100;

const assigned = savedHues();

function savedHues(): Map<string, number> {
  try {
    return new Map(JSON.parse(localStorage.getItem(HUES_KEY) ?? '[]') as [string, number][]);
  } catch {
    return new Map();
  }
}

/** The same hue for a service wherever and whenever it is shown: the first that is free, then the least used. */
export function hueOf(service: string): number {
  const known = assigned.get(service);
  if (known !== undefined) return known;
  const uses = new Map<number, number>(HUES.map((hue) => [hue, 0]));
  for (const hue of assigned.values()) uses.set(hue, (uses.get(hue) ?? 0) + 1);
  const [hue] = [...uses].reduce((best, one) => (one[1] < best[1] ? one : best));
  assigned.set(service, hue);
  localStorage.setItem(HUES_KEY, JSON.stringify([...assigned].slice(-MAX_SAVED)));
  return hue;
}

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'otel-preload-theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const isSystemDark = signal(system.matches);
system.addEventListener('change', () => {
  isSystemDark.value = system.matches;
});

function savedTheme(): Theme {
  const saved = localStorage.getItem(KEY);
  return saved === 'light' || saved === 'dark' ? saved : 'auto';
}

export const theme = signal<Theme>(savedTheme());
export const isDark = computed(() => (theme.value === 'auto' ? isSystemDark.value : theme.value === 'dark'));

theme.subscribe((value) => {
  if (value === 'auto') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, value);
});
isDark.subscribe((dark) => {
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
});

/** What canvases draw with; the same as the custom properties of styles/tokens.css. */
export interface Paint {
  service(name: string): string;
  readonly error: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly accent: string;
  /** Text on a service's colour. */
  readonly onService: string;
}

export const paint = computed((): Paint => {
  const dark = isDark.value;
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const [lightness, chroma] = dark ? ['70%', '0.12'] : ['62%', '0.13'];
  return {
    service: (name) => `oklch(${lightness} ${chroma} ${hueOf(name)})`,
    error: read('--error'),
    text: read('--text'),
    muted: read('--muted'),
    line: read('--line'),
    surface: read('--surface'),
    accent: read('--accent'),
    onService: read('--on-service'),
  };
});
