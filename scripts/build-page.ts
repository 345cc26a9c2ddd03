/** Makes dist/viewer/: the viewer's page, as the one document, script, style sheet and icon that the viewer serves. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rolldown, type Plugin } from 'rolldown';

/**
 * @param source src/viewer/page
 * @param target the directory to make
 * @param plugins to be asked of the bundle besides the page's own
 */
export async function buildPage(source: string, target: string, plugins: Plugin[]): Promise<void> {
  mkdirSync(target, { recursive: true });
  const build = await rolldown({
    input: `${source}/main.tsx`,
    platform: 'browser',
    plugins,
    transform: { target: 'es2023' },
  });
  const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false });
  await build.close();
  const style = readdirSync(`${source}/styles`)
    .sort(byImportance)
    .map((name) => readFileSync(`${source}/styles/${name}`, 'utf8'))
    .join('');
  const names = { 'page.js': write(target, 'js', output[0].code), 'page.css': write(target, 'css', squeeze(style)) };
  let html = readFileSync(`${source}/index.html`, 'utf8');
  for (const [name, hashed] of Object.entries(names)) html = html.replace(`/${name}`, `/${hashed}`);
  writeFileSync(`${target}/index.html`, html);
  cpSync(`${source}/icon.svg`, `${target}/icon.svg`);
}

/** The name changes with the content, so that a browser may keep a file for ever. */
function write(target: string, extension: string, content: string): string {
  const name = `page-${createHash('sha256').update(content).digest('hex').slice(0, 8)}.${extension}`;
  writeFileSync(`${target}/${name}`, content);
  return name;
}

/** Tokens and the base first: the others build on them. */
function byImportance(a: string, b: string): number {
  const rank = (name: string): number => ['tokens.css', 'base.css'].indexOf(name) + 1 || 3;
  return rank(a) - rank(b) || a.localeCompare(b);
}

/** Without comments and indentation; the style sheets have no strings with either. */
function squeeze(css: string): string {
  return css
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/\s*\n\s*/g, '')
    .replaceAll(/\s*([{};,])\s*/g, '$1')
    .replaceAll(';}', '}');
}
