import { Graph, layout } from "@dagrejs/dagre";
import { edgesOf, type ModelGraph } from "#domain/shared/model-graph.ts";

export type Box = Readonly<{
  key: string;
  /** Of the operator; null: what the caller gives or gets. */
  node: number | null;
  /** Centre, in pixels. */
  x: number;
  y: number;
  width: number;
  height: number;
  title: string;
  /** Under the title; "": nothing. */
  note: string;
}>;
export type Line = Readonly<{
  key: string;
  points: readonly Readonly<{ x: number; y: number }>[];
  label: string;
  x: number;
  y: number;
}>;
export type Drawing = Readonly<{ width: number; height: number; boxes: readonly Box[]; lines: readonly Line[] }>;

const CHAR_PX = 7;
const NOTE_CHAR_PX = 6.2;
const PADDING_PX = 20;
const WIDTH_MIN_PX = 72;
const TEXT_MAX = 30;

/** The first `count` operators from top to bottom, between what is given and what is answered. */
export function drawGraph(graph: ModelGraph, count: number): Drawing {
  const sheet = new Graph();
  sheet.setGraph({ rankdir: "TB", nodesep: 24, ranksep: 40, marginx: 16, marginy: 16 });
  const nodes = graph.nodes.slice(0, count);
  const titles = new Map<string, Pick<Box, "node" | "title" | "note">>();
  const box = (key: string, node: number | null, title: string, note: string) => {
    const texts = { title: cut(title), note: cut(note) };
    titles.set(key, { node, ...texts });
    sheet.setNode(key, {
      width: Math.max(WIDTH_MIN_PX, texts.title.length * CHAR_PX, texts.note.length * NOTE_CHAR_PX) + PADDING_PX,
      height: texts.note === "" ? 28 : 44,
    });
  };
  const line = (from: string, to: string, label: string) => {
    const text = cut(label);
    sheet.setEdge(from, to, { label: text, width: text.length * NOTE_CHAR_PX, height: text === "" ? 0 : 14 });
  };

  for (const node of nodes) box(`n${node.id}`, node.id, node.operator, node.weights.map(sizeOf).join(", "));
  const typeOf = new Map(nodes.flatMap((node) => node.outputs.map(({ name, type }) => [name, type] as const)));
  for (const { from, to, value } of edgesOf(nodes))
    if (from < nodes.length) line(`n${from}`, `n${to}`, shapeOf(typeOf.get(value) ?? null));
  for (const { name, type } of graph.inputs) {
    const takers = nodes.filter(({ inputs }) => inputs.some((input) => input.from === null && input.name === name));
    if (takers.length > 0) box(`i${name}`, null, name, type ?? "");
    for (const { id } of takers) line(`i${name}`, `n${id}`, "");
  }
  for (const { name, type } of graph.outputs) {
    const maker = nodes.find(({ outputs }) => outputs.some((output) => output.name === name));
    if (maker === undefined) continue;
    box(`o${name}`, null, name, type ?? "");
    line(`n${maker.id}`, `o${name}`, "");
  }

  layout(sheet);
  const { width = 0, height = 0 } = sheet.graph();
  return {
    width,
    height,
    boxes: [...titles].map(([key, texts]) => {
      const place = sheet.node(key);
      return { key, ...texts, x: place.x ?? 0, y: place.y ?? 0, width: place.width, height: place.height };
    }),
    lines: sheet.edges().map((edge, index) => {
      const { points = [], label = "", x = 0, y = 0 } = sheet.edge(edge);
      return { key: String(index), points, label: String(label), x, y };
    }),
  };
}

const cut = (text: string) => (text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`);

type Value = ModelGraph["inputs"][number];
const sizeOf = ({ type }: Value) => shapeOf(type);
/** "FP32 1 × 10" without its type: most of a network has one type. */
const shapeOf = (type: string | null) => (type === null ? "" : type.slice(type.indexOf(" ") + 1));
