import { type MouseEvent, useEffect, useMemo, useRef } from "react";
import { classNames } from "#components/ui/class-names.ts";
import type { GraphNode, ModelGraph } from "#domain/shared/model-graph.ts";
import { drawGraph } from "./graph-layout.ts";

/** More are not laid out in the blink of an eye, nor read by anybody. */
const DRAWN_MAX = 300;

type GraphDrawingProps = Readonly<{
  graph: ModelGraph;
  /** What was searched for; the rest is faded. */
  found: readonly GraphNode[];
  chosen: number | null;
  onChoose: (id: number) => void;
}>;

/** From top to bottom, scrolling in a box of its own. By keyboard the list is the way. */
export function GraphDrawing({ graph, found, chosen, onChoose }: GraphDrawingProps) {
  const drawing = useMemo(() => drawGraph(graph, DRAWN_MAX), [graph]);
  const box = useRef<HTMLElement>(null);
  const bright = new Set(found.map(({ id }) => id));
  const drawn = Math.min(DRAWN_MAX, graph.nodes.length);
  const all = graph.nodes.length + graph.omitted;
  const shown = drawing.boxes.find(({ node }) => node === chosen) ?? drawing.boxes.toSorted((a, b) => a.y - b.y)[0];
  useEffect(() => {
    const { current } = box;
    if (current === null || shown === undefined) return;
    // Not scrollIntoView, which moves the page as well.
    const isIn = (at: number, begin: number, length: number) => at > begin && at < begin + length;
    if (!isIn(shown.x, current.scrollLeft, current.clientWidth)) current.scrollLeft = shown.x - current.clientWidth / 2;
    if (!isIn(shown.y, current.scrollTop, current.clientHeight)) current.scrollTop = shown.y - current.clientHeight / 2;
  }, [shown]);
  const choose = ({ target }: MouseEvent) => {
    const id = target instanceof Element ? target.closest("[data-node]")?.getAttribute("data-node") : null;
    if (id != null) onChoose(Number(id));
  };
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {drawn < all ? (
        <p className="text-muted">
          The first {drawn} of {all.toLocaleString("en")} operators are drawn
          {drawn < graph.nodes.length ? `; the list has ${graph.nodes.length.toLocaleString("en")}.` : "."}
        </p>
      ) : null}
      <section
        ref={box}
        aria-label="Drawing of the graph"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-160 overflow-auto rounded-card border bg-page"
      >
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the list is the way by keyboard */}
        <svg
          role="img"
          aria-label={`${drawn} operators from input to output; the list names them one by one`}
          width={drawing.width}
          height={drawing.height}
          onClick={choose}
          className="mx-auto block"
        >
          {drawing.lines.map(({ key, points, label, x, y }) => (
            <g key={key}>
              <polyline
                points={points.map((point) => `${point.x},${point.y}`).join(" ")}
                fill="none"
                stroke="var(--edge)"
              />
              <Tip points={points} />
              {label === "" ? null : (
                <text x={x} y={y} textAnchor="middle" dominantBaseline="middle" fontSize={11} fill="var(--muted)">
                  {label}
                </text>
              )}
            </g>
          ))}
          {drawing.boxes.map(({ key, node, x, y, width, height, title, note }) => (
            <g
              key={key}
              data-node={node ?? undefined}
              opacity={node === null || bright.has(node) ? 1 : 0.25}
              className={classNames(node !== null && "cursor-pointer [&:hover>rect]:stroke-(--accent)")}
            >
              <rect
                x={x - width / 2}
                y={y - height / 2}
                width={width}
                height={height}
                rx={node === null ? height / 2 : 6}
                fill="var(--surface)"
                stroke={node !== null && node === chosen ? "var(--accent)" : "var(--edge)"}
                strokeWidth={node !== null && node === chosen ? 2 : 1}
              />
              <text
                x={x}
                y={note === "" ? y : y - 8}
                textAnchor="middle"
                dominantBaseline="middle"
                fontSize={13}
                fontWeight={node === null ? 400 : 500}
                fill="var(--ink)"
              >
                {title}
              </text>
              {note === "" ? null : (
                <text x={x} y={y + 10} textAnchor="middle" dominantBaseline="middle" fontSize={11} fill="var(--muted)">
                  {note}
                </text>
              )}
            </g>
          ))}
        </svg>
      </section>
    </div>
  );
}

const TIP_PX = 4;

/** Lines run downwards, but in a circle; the tip points where the last piece does. */
function Tip({ points }: { points: readonly Readonly<{ x: number; y: number }>[] }) {
  const [end, before] = [points.at(-1), points.at(-2)];
  if (end === undefined || before === undefined) return null;
  const angle = (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI;
  return (
    <path
      d={`M0,0 L${-2 * TIP_PX},${-TIP_PX} L${-2 * TIP_PX},${TIP_PX} Z`}
      transform={`translate(${end.x} ${end.y}) rotate(${angle})`}
      fill="var(--edge)"
    />
  );
}
