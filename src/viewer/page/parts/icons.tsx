import type { SVGAttributes } from 'preact';

const paths = {
  search: 'M7 12.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Zm4-1.5 4 4',
  close: 'm4 4 8 8m0-8-8 8',
  copy: 'M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z',
  check: 'm3 8.5 3.5 3.5L13 4.5',
  down: 'm4 6 4 4 4-4',
  right: 'm6 4 4 4-4 4',
  up: 'm4 10 4-4 4 4',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm0-10v1.5m0 11V15M1 8h1.5m11 0H15M3 3l1 1m8 8 1 1M3 13l1-1m8-8 1-1',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z',
  auto: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 2v8m2-9.5v11m2-8.9v6.8',
  help: 'M6 6a2 2 0 1 1 2.7 1.9c-.5.2-.7.6-.7 1.1V9.5M8 12v.2M8 15A7 7 0 1 0 8 1a7 7 0 0 0 0 14Z',
  error: 'M8 4.5v4M8 11v.2M8 15A7 7 0 1 0 8 1a7 7 0 0 0 0 14Z',
  link: 'M6.5 9.5 9.5 6.5M7 4l1.5-1.5a3 3 0 0 1 4.2 4.2L11.5 8.5M9 12l-1.5 1.5a3 3 0 0 1-4.2-4.2L4.5 7.5',
  download: 'M8 2v8m-3-3 3 3 3-3M3 13.5h10',
  trash: 'M3 4.5h10M6 4.5v-2h4v2m-6 0 .6 9h6.8l.6-9',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, ...rest }: { readonly name: IconName } & Omit<SVGAttributes<SVGSVGElement>, 'name'>) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" {...rest}>
      <path d={paths[name]} />
    </svg>
  );
}
