import { useState } from 'preact/hooks';
import { info, isConnected } from './api.ts';
import { isDark, theme } from './colours.ts';
import { formatBytes, plural } from './format.ts';
import { ComparePage } from './compare/compare-page.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { ListPage } from './list/list-page.tsx';
import { Empty } from './parts/empty.tsx';
import { DropFiles } from './parts/open-files.tsx';
import { Icon } from './parts/icons.tsx';
import { useKeys } from './parts/keys.ts';
import { route } from './router.ts';
import { GraphPage } from './services/graph-page.tsx';
import { ServicesPage } from './services/services-page.tsx';
import { TracePage } from './trace/trace-page.tsx';

const links = [
  { page: 'list', path: '/', name: 'Traces' },
  { page: 'services', path: '/services', name: 'Services' },
  { page: 'graph', path: '/dependencies', name: 'Graph' },
] as const;

export function Shell() {
  const [isHelpOpen, setHelpOpen] = useState(false);
  const { page } = route.value;
  useKeys({ '?': () => setHelpOpen(true) });
  return (
    <>
      <header class="top">
        <a class="brand" href="/" aria-label="otel-preload: traces">
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <rect x="1" y="3" width="18" height="3.4" rx="1.7" />
            <rect x="5" y="8.3" width="11" height="3.4" rx="1.7" />
            <rect x="9" y="13.6" width="6" height="3.4" rx="1.7" />
          </svg>
          <span>otel-preload</span>
        </a>
        <nav aria-label="Pages">
          {links.map((link) => (
            <a key={link.page} href={link.path} aria-current={link.page === page ? 'page' : undefined}>
              {link.name}
            </a>
          ))}
        </nav>
        <span class="gap" />
        <Status />
        <ThemeButton />
        <button type="button" class="ghost" aria-label="Keys" title="Keys (?)" onClick={() => setHelpOpen(true)}>
          <Icon name="help" />
        </button>
      </header>
      <Page />
      <DropFiles />
      <HelpDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </>
  );
}

function Page() {
  const current = route.value;
  switch (current.page) {
    case 'list':
      return <ListPage />;
    case 'trace':
      return <TracePage key={current.id} id={current.id} />;
    case 'compare':
      if (!current.a || !current.b) return <NoPage title="Pick two traces of the list to compare them" />;
      return <ComparePage key={`${current.a} ${current.b}`} a={current.a} b={current.b} />;
    case 'services':
      return <ServicesPage />;
    case 'graph':
      return <GraphPage />;
    default:
      return <NoPage title="There is no such page" />;
  }
}

function NoPage({ title }: { readonly title: string }) {
  return (
    <main>
      <Empty title={title}>
        <p>
          <a href="/">All traces</a>
        </p>
      </Empty>
    </main>
  );
}

function Status() {
  const counts = info.value;
  const text = isConnected.value ? 'Live' : 'Not connected';
  const title =
    counts && `${plural(counts.traces, 'trace')}, ${formatBytes(counts.bytes)} of ${formatBytes(counts.maxBytes)}`;
  return (
    <span class={`status ${isConnected.value ? '' : 'lost'}`} role="status" title={title}>
      {text}
    </span>
  );
}

const nextTheme = { auto: 'light', light: 'dark', dark: 'auto' } as const;
const themeIcon = { auto: 'auto', light: 'sun', dark: 'moon' } as const;

function ThemeButton() {
  const name = theme.value === 'auto' ? `as the system: ${isDark.value ? 'dark' : 'light'}` : theme.value;
  return (
    <button
      type="button"
      class="ghost"
      aria-label={`Colours: ${name}`}
      title={`Colours: ${name}`}
      onClick={() => {
        theme.value = nextTheme[theme.value];
      }}
    >
      <Icon name={themeIcon[theme.value]} />
    </button>
  );
}
