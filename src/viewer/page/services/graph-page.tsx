import { useMemo, useState } from 'preact/hooks';
import type { EdgeStatistics, ServiceStatistics, Statistics } from '../../page-protocol.ts';
import { hueOf } from '../colours.ts';
import { formatCount, formatDuration, formatRate, formatShare, plural } from '../format.ts';
import { FirstTrace } from '../list/first-trace.tsx';
import { ServiceName } from '../parts/service-name.tsx';
import { sorted, SortHeader, type Sorting } from '../parts/sort-header.tsx';
import { layoutGraph, NODE_HEIGHT, NODE_WIDTH, type PlacedEdge, type PlacedNode } from './layout-graph.ts';
import { currentWindow, useStatistics } from './use-statistics.ts';
import { WindowSelect } from './window-select.tsx';
import { useTitle } from '../parts/use-title.ts';

/** Who calls whom, how often, with how many errors, how long. */
export function GraphPage() {
  const statistics = useStatistics(currentWindow());
  useTitle('Service graph');
  return (
    <main class="graph-page">
      <div class="page-head">
        <h1>Service graph</h1>
        {statistics && <span class="muted">from {plural(statistics.traces, 'trace')}</span>}
        <span class="gap" />
        <WindowSelect />
      </div>
      {statistics &&
        (statistics.services.length > 0 ? (
          <>
            <Graph statistics={statistics} />
            <EdgeTable statistics={statistics} />
          </>
        ) : (
          <FirstTrace />
        ))}
    </main>
  );
}

function Graph({ statistics }: { readonly statistics: Statistics }) {
  const [hovered, setHovered] = useState<string | undefined>(undefined);
  // numbers change every two seconds, places only with who calls whom
  const shape = JSON.stringify([
    statistics.services.map(({ service }) => service).sort(),
    statistics.edges
      .map(({ parent, child }) => [parent, child])
      .sort(([a, b], [c, d]) => (`${a} ${b}` < `${c} ${d}` ? -1 : 1)),
  ]);
  const layout = useMemo(() => {
    const [names, edges] = JSON.parse(shape) as [string[], [string, string][]];
    return layoutGraph(
      names,
      edges.map(([parent, child]) => ({ parent, child })),
    );
  }, [shape]);
  const byService = new Map(statistics.services.map((one) => [one.service, one]));
  const byEdge = new Map(statistics.edges.map((one) => [keyOf(one), one]));
  const rangeUs = statistics.endUs - statistics.startUs;
  const most = Math.max(1, ...statistics.edges.map(({ requests }) => requests));
  const edges = layout.edges.flatMap((placed): EdgeProps[] => {
    const edge = byEdge.get(keyOf(placed.edge));
    const isFaded = hovered !== undefined && placed.edge.parent !== hovered && placed.edge.child !== hovered;
    return edge ? [{ placed, edge, rangeUs, isFaded }] : [];
  });
  const near = new Set(
    layout.edges
      .filter(({ edge }) => edge.parent === hovered || edge.child === hovered)
      .flatMap(({ edge }) => [edge.parent, edge.child]),
  );
  return (
    <div class="graph" tabIndex={0} role="group" aria-label="Graph; the table below has the same edges">
      <svg width={layout.width} height={layout.height} viewBox={`0 0 ${layout.width} ${layout.height}`}>
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0 8 4 0 8z" />
          </marker>
        </defs>
        {edges.map((props) => (
          <EdgeLine key={keyOf(props.edge)} {...props} share={props.edge.requests / most} />
        ))}
        {edges.map((props) => (
          <EdgeLabel key={keyOf(props.edge)} {...props} />
        ))}
        {layout.nodes.map((node) => {
          const service = byService.get(node.name);
          return (
            service && (
              <Node
                key={node.name}
                node={node}
                service={service}
                rangeUs={rangeUs}
                isFaded={hovered !== undefined && hovered !== node.name && !near.has(node.name)}
                onHover={setHovered}
              />
            )
          );
        })}
      </svg>
    </div>
  );
}

function keyOf({ parent, child }: { readonly parent: string; readonly child: string }): string {
  return `${parent}\0${child}`;
}

interface NodeProps {
  readonly node: PlacedNode;
  readonly service: ServiceStatistics;
  readonly rangeUs: number;
  readonly isFaded: boolean;
  readonly onHover: (name: string | undefined) => void;
}

function Node({ node, service, rangeUs, isFaded, onHover }: NodeProps) {
  const errorShare = service.errors / Math.max(1, service.requests);
  return (
    <a
      href={`/?service=${encodeURIComponent(node.name)}`}
      class={`node ${isFaded ? 'faded' : ''}`}
      style={{ '--hue': hueOf(node.name) }}
      onMouseEnter={() => onHover(node.name)}
      onMouseLeave={() => onHover(undefined)}
      onFocus={() => onHover(node.name)}
      onBlur={() => onHover(undefined)}
    >
      <g transform={`translate(${node.x - NODE_WIDTH / 2} ${node.y - NODE_HEIGHT / 2})`}>
        <rect class="box" width={NODE_WIDTH} height={NODE_HEIGHT} rx="8" />
        <rect class="stripe" x="0" y="10" width="4" height={NODE_HEIGHT - 20} rx="2" />
        <foreignObject x="12" y="8" width={NODE_WIDTH - 20} height={NODE_HEIGHT - 12}>
          <div class="node-text">
            <strong>
              {errorShare > 0 && <span class="bad">{formatShare(errorShare)}</span>}
              <bdi>{node.name}</bdi>
            </strong>
            <span>
              {formatRate(service.requests, rangeUs)} · p95 {formatDuration(service.p95Us)}
            </span>
          </div>
        </foreignObject>
      </g>
    </a>
  );
}

interface EdgeProps {
  readonly placed: PlacedEdge<{ parent: string; child: string }>;
  readonly edge: EdgeStatistics;
  readonly rangeUs: number;
  readonly isFaded: boolean;
}

type Points = readonly [x: number, y: number][];

/** Of a Bézier curve: from side to side, or below both where it leads back. */
function curveOf({ from, to, isBack }: EdgeProps['placed']): Points {
  if (isBack) {
    const [y1, y2] = [from.y + NODE_HEIGHT / 2, to.y + NODE_HEIGHT / 2 + 2];
    return [
      [from.x, y1],
      [from.x, y1 + BACK_BEND],
      [to.x, y2 + BACK_BEND],
      [to.x, y2],
    ];
  }
  const [x1, x2] = [from.x + NODE_WIDTH / 2, to.x - NODE_WIDTH / 2 - 2];
  const bend = Math.max(40, (x2 - x1) / 2);
  return [
    [x1, from.y],
    [x1 + bend, from.y],
    [x2 - bend, to.y],
    [x2, to.y],
  ];
}

const BACK_BEND = 60;
/** Nearer to who is called: where many are, the curves have parted there. */
const LABEL_AT = 0.62;

/** @param t from 0 to 1 along the curve */
function pointAt(points: Points, t: number, axis: 0 | 1): number {
  const weights = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t ** 2, t ** 3];
  return points.reduce((sum, point, index) => sum + point[axis] * (weights[index] ?? 0), 0);
}

function EdgeLine({ placed, edge, isFaded, share }: EdgeProps & { readonly share: number }) {
  const [start, ...rest] = curveOf(placed);
  return (
    <g class={`edge ${edge.errors > 0 ? 'failing' : ''} ${isFaded ? 'faded' : ''}`}>
      <path
        d={`M${start?.join(' ')} C${rest.join(' ')}`}
        stroke-width={1 + 3 * Math.sqrt(share)}
        marker-end="url(#arrow)"
      />
      <title>
        {edge.parent} → {edge.child}: {plural(edge.requests, 'request')}, {plural(edge.errors, 'error')}, p50{' '}
        {formatDuration(edge.p50Us)}, p95 {formatDuration(edge.p95Us)}, p99 {formatDuration(edge.p99Us)}
      </title>
    </g>
  );
}

function EdgeLabel({ placed, edge, rangeUs, isFaded }: EdgeProps) {
  const points = curveOf(placed);
  const [x, y] = [pointAt(points, LABEL_AT, 0), pointAt(points, LABEL_AT, 1)];
  return (
    <g class={`edge ${isFaded ? 'faded' : ''}`}>
      <text x={x} y={y - 5}>
        {formatRate(edge.requests, rangeUs)}
        {edge.errors > 0 && <tspan class="bad"> {formatShare(edge.errors / edge.requests)}</tspan>}
      </text>
      <text x={x} y={y + 14} class="muted">
        p95 {formatDuration(edge.p95Us)}
      </text>
    </g>
  );
}

type Column = 'parent' | 'child' | 'requests' | 'errors' | 'p50Us' | 'p95Us' | 'p99Us';

function EdgeTable({ statistics }: { readonly statistics: Statistics }) {
  const [sorting, setSorting] = useState<Sorting<Column>>({ key: 'requests', isDescending: true });
  const rangeUs = statistics.endUs - statistics.startUs;
  if (statistics.edges.length === 0) return null;
  const head = (name: Column, text: string, isText = false) => (
    <SortHeader name={name} sorting={sorting} onSort={setSorting} isText={isText}>
      {text}
    </SortHeader>
  );
  const valueOf = (row: EdgeStatistics, column: Column): string | number =>
    column === 'errors' ? row.errors / Math.max(1, row.requests) : row[column];
  return (
    <div class="table-scroller">
      <table class="data">
        <caption class="visually-hidden">Calls between services</caption>
        <thead>
          <tr>
            {head('parent', 'Caller', true)}
            {head('child', 'Called', true)}
            {head('requests', 'Requests')}
            <th scope="col">Rate</th>
            {head('errors', 'Errors')}
            {head('p50Us', 'p50')}
            {head('p95Us', 'p95')}
            {head('p99Us', 'p99')}
          </tr>
        </thead>
        <tbody>
          {sorted(statistics.edges, sorting, valueOf).map((edge) => (
            <tr key={keyOf(edge)}>
              <th scope="row" class="text">
                <ServiceName name={edge.parent} />
              </th>
              <td class="text">
                <ServiceName name={edge.child} />
              </td>
              <td>{formatCount(edge.requests)}</td>
              <td>{formatRate(edge.requests, rangeUs)}</td>
              <td class={edge.errors > 0 ? 'bad' : 'muted'}>{formatShare(edge.errors / Math.max(1, edge.requests))}</td>
              <td>{formatDuration(edge.p50Us)}</td>
              <td>{formatDuration(edge.p95Us)}</td>
              <td>{formatDuration(edge.p99Us)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
