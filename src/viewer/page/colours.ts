import { computed, signal } from '@preact/signals';

/**
 * Hues for services, in an order in which neighbours differ. Reds are left out: red means an error. Lightness and chroma
 * come from the theme, see styles/tokens.css.
 */
const HUES = [264, 155, 62, 322, 205, 112, 292, 178, 85, 236, 345, 135, 304, 48] as const;

const assigned = new Map<string, number>();

/** The same hue for a service wherever it is shown; two services share one only when there are more services than hues. */
export function hueOf(service: string): number {
  const known = assigned.get(service);
  if (known !== undefined) return known;
  const taken = new Set([...assigned.values()].slice(-HUES.length + 1));
  let index = hash(service) % HUES.length;
  for (let tries = 0; tries < HUES.length && taken.has(HUES[index] ?? 0); tries++) index = (index + 1) % HUES.length;
  const hue = HUES[index] ?? 0;
  assigned.set(service, hue);
  return hue;
}

function hash(text: string): number {
  let value = 2_166_136_261;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16_777_619);
  return value >>> 0;
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
  };
});
