import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Process, Reference, SpanLog, Tag } from '../../span.ts';
import { formatDuration, formatShare, formatTime, plural } from '../format.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { ServiceName } from '../parts/service-name.tsx';
import type { Trace, TraceSpan } from './trace.ts';

const MAX_TAGS = 100;
const MAX_TEXT = 2000;
/** What an error says of itself comes before all the rest. */
const OF_AN_ERROR = new Set(['exception.type', 'exception.message', 'exception.stacktrace', 'otel.status_description']);

interface DetailsProps {
  readonly trace: Trace;
  readonly span: TraceSpan;
  readonly onSelect: (span: TraceSpan) => void;
  readonly onClose: () => void;
}

/** All that is known of one span. */
export function Details({ trace, span, onSelect, onClose }: DetailsProps) {
  const { raw, process } = span;
  const links = raw.references.filter(({ traceID, spanID }) => traceID !== trace.id || spanID !== span.parent?.id);
  return (
    <aside class="details" aria-label="Span">
      <header>
        <h2>
          <bdi>{span.operation || '(no name)'}</bdi>
        </h2>
        <CopyButton text={() => JSON.stringify(raw, null, 2)} label="Copy the span as JSON" />
        <button type="button" class="ghost" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <p class="facts">
        <ServiceName name={span.service} />
        {span.kind && <span class="chip">{span.kind}</span>}
        {span.isError && <span class="badge error">error</span>}
      </p>
      <dl class="numbers">
        <Number name="Duration" value={formatDuration(span.durationUs)} />
        <Number
          name="Self"
          value={formatDuration(span.selfUs)}
          note={span.durationUs > 0 ? formatShare(span.selfUs / span.durationUs) : undefined}
        />
        <Number name="Starts at" value={formatDuration(span.startUs)} note={formatTime(raw.startTime)} />
        <Number
          name="On the critical path"
          value={formatDuration(span.critical.reduce((sum, [from, to]) => sum + to - from, 0))}
        />
      </dl>
      {raw.warnings?.map((warning) => (
        <p key={warning} class="warning">
          {warning}
        </p>
      ))}
      <Failure span={span} />
      <Section title="Attributes" count={raw.tags.length} copy={() => tagsAsJson(raw.tags)}>
        <TagTable tags={raw.tags} />
      </Section>
      {raw.logs.length > 0 && (
        <Section title="Events" count={raw.logs.length}>
          {raw.logs.map((log, index) => (
            <Event key={index} log={log} span={span} />
          ))}
        </Section>
      )}
      {links.length > 0 && (
        <Section title="Links" count={links.length}>
          <ul class="links">
            {links.map((link) => (
              <li key={link.traceID + link.spanID}>
                <Link link={link} trace={trace} onSelect={onSelect} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title="Process" count={process.tags.length} copy={() => tagsAsJson(process.tags)}>
        <ProcessHead process={process} />
        <TagTable tags={process.tags} />
      </Section>
      <p class="muted ids">
        Span <code>{span.id}</code> <CopyButton text={span.id} label="Copy the span's id" />
      </p>
    </aside>
  );
}

interface NumberProps {
  readonly name: string;
  readonly value: string;
  readonly note?: string | undefined;
}

function Number({ name, value, note }: NumberProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value} {note !== undefined && <span class="muted">{note}</span>}
      </dd>
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  readonly count: number;
  readonly copy?: () => string;
  readonly children: ComponentChildren;
}

function Section({ title, count, copy, children }: SectionProps) {
  return (
    <details open class="section">
      <summary>
        <h3>{title}</h3> <span class="muted">{count}</span>
      </summary>
      {copy && count > 0 && <CopyButton text={copy} label={`Copy ${title.toLowerCase()} as JSON`} />}
      {children}
    </details>
  );
}

/** Namespace and address are what tells one process from another. */
function ProcessHead({ process }: { readonly process: Process }) {
  const value = (...keys: string[]): string => String(process.tags.find(({ key }) => keys.includes(key))?.value ?? '');
  const namespace = value('service.namespace', 'namespace');
  const address = value('address', 'ip');
  return (
    <p class="facts">
      <ServiceName name={process.serviceName} />
      {namespace && <span class="chip">{namespace}</span>}
      {address && <code>{address}</code>}
    </p>
  );
}

/** Message and stack of an error, where the span has them: in its attributes, or in an event `exception`. */
function Failure({ span }: { readonly span: TraceSpan }) {
  const exception = span.raw.logs.find(({ fields }) => fields.some(({ key }) => key.startsWith('exception.')));
  const tags = [...(exception?.fields ?? []), ...span.raw.tags];
  const value = (key: string): string => String(tags.find((tag) => tag.key === key)?.value ?? '');
  const type = value('exception.type') || value('error.type');
  const message = value('exception.message') || value('otel.status_description');
  const stack = value('exception.stacktrace');
  if (!span.isError && !exception) return null;
  if (!type && !message && !stack) return null;
  return (
    <section class="failure" aria-label="Error">
      <strong>
        <bdi>{[type, message].filter(Boolean).join(': ')}</bdi>
      </strong>
      {stack && (
        <>
          <CopyButton text={stack} label="Copy the stack" />
          <pre tabIndex={0}>{withoutHead(stack, message)}</pre>
        </>
      )}
    </section>
  );
}

/** The stack's first line is what stands above it already. */
function withoutHead(stack: string, message: string): string {
  const at = stack.search(/^\s+at /m);
  const head = at > 0 ? stack.slice(0, at) : '';
  return message !== '' && head.includes(message.slice(0, 200)) ? stack.slice(at) : stack;
}

function Event({ log, span }: { readonly log: SpanLog; readonly span: TraceSpan }) {
  const name = String(log.fields.find(({ key }) => key === 'event')?.value ?? 'event');
  const fields = log.fields.filter(({ key }) => key !== 'event' && !(span.isError && OF_AN_ERROR.has(key)));
  return (
    <div class="event">
      <h4>
        <bdi>{name}</bdi>{' '}
        <span class="muted" title={formatTime(log.timestamp)}>
          +{formatDuration(log.timestamp - span.raw.startTime)}
        </span>
      </h4>
      <TagTable tags={fields} />
    </div>
  );
}

interface LinkProps {
  readonly link: Reference;
  readonly trace: Trace;
  readonly onSelect: (span: TraceSpan) => void;
}

function Link({ link, trace, onSelect }: LinkProps) {
  const target = link.traceID === trace.id ? trace.byId.get(link.spanID) : undefined;
  if (target) {
    return (
      <button type="button" class="as-link" onClick={() => onSelect(target)}>
        <Icon name="link" /> <bdi>{target.operation}</bdi>
      </button>
    );
  }
  return (
    <a href={`/trace/${link.traceID}?span=${link.spanID}`}>
      <Icon name="link" /> <code>{link.spanID}</code> of trace <code>{link.traceID.slice(0, 8)}…</code>
    </a>
  );
}

function TagTable({ tags }: { readonly tags: readonly Tag[] }) {
  const [isWhole, setWhole] = useState(false);
  if (tags.length === 0) return null;
  const shown = isWhole ? tags : tags.slice(0, MAX_TAGS);
  return (
    <>
      <table class="tags">
        <tbody>
          {shown.map((tag, index) => (
            <tr key={index}>
              <th scope="row">
                <bdi>{tag.key}</bdi>
              </th>
              <td>
                <Value tag={tag} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < tags.length && (
        <button type="button" class="ghost" onClick={() => setWhole(true)}>
          Show all {plural(tags.length, 'attribute')}
        </button>
      )}
    </>
  );
}

/** A value as text, whatever it holds; a long one is cut until somebody wants it. */
function Value({ tag }: { readonly tag: Tag }) {
  const [isWhole, setWhole] = useState(false);
  const text = String(tag.value);
  const isCut = text.length > MAX_TEXT && !isWhole;
  return (
    <div class={`value ${tag.type}`} title={tag.type === 'string' ? undefined : tag.type}>
      <bdi>{isCut ? `${text.slice(0, MAX_TEXT)}…` : readable(text)}</bdi>
      <CopyButton text={text} label={`Copy ${tag.key.slice(0, 80)}`} />
      {isCut && (
        <button type="button" class="ghost" onClick={() => setWhole(true)}>
          Show all {plural(text.length, 'character')}
        </button>
      )}
    </div>
  );
}

/** JSON text with its structure in sight. */
function readable(text: string): string {
  if (!/^[[{].*[\]}]$/s.test(text) || text.length > MAX_TEXT) return text;
  try {
    const pretty = JSON.stringify(JSON.parse(text), null, 2);
    return text.length > 60 ? pretty : text;
  } catch {
    return text;
  }
}

function tagsAsJson(tags: readonly Tag[]): string {
  return JSON.stringify(Object.fromEntries(tags.map(({ key, value }) => [key, value])), null, 2);
}
