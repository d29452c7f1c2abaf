import { randomFrom } from "./random.ts";

/** Rows of `width` values one after another, and the class of each row. */
export type Examples = Readonly<{ width: number; rows: Float32Array; classes: Uint8Array }>;

/** `weights[i * outputs + o]` leads from input i to output o. */
type Layer = Readonly<{ inputs: number; outputs: number; weights: Float32Array; bias: Float32Array }>;

/**
 * Dense layers with ReLU between them and softmax behind the last, over inputs of (x − mean) / deviation. With a single
 * layer and two classes this is logistic regression.
 */
export type Network = Readonly<{ mean: Float32Array; deviation: Float32Array; layers: readonly Layer[] }>;

export type Training = Readonly<{
  /** Width of the one hidden layer; 0: none. */
  hidden: number;
  classes: number;
  epochs: number;
  batchRows: number;
  learningRate: number;
  /** Weight decay: how much of each weight a step takes away, as a share of the learning rate. */
  decay: number;
  seed: number;
}>;

type Scaling = Pick<Network, "mean" | "deviation">;

/** Minimises cross-entropy by mini-batches and Adam (Kingma and Ba, 2015). The same examples and seed give the same network. */
export function train(examples: Examples, scaling: Scaling, training: Training): Network {
  const { width, classes: labels } = examples;
  const random = randomFrom(training.seed);
  const sizes = [width, ...(training.hidden > 0 ? [training.hidden] : []), training.classes];
  const layers = sizes.slice(1).map((outputs, index) => freshLayer(sizes[index] ?? 0, outputs, random.normal));
  const network = { ...scaling, layers };
  const optimiser = adam(layers, training);
  const learn = backward(layers, optimiser.gradients);
  const order = Uint32Array.from(labels, (_, row) => row);
  const inputs = scaled(examples, scaling);
  for (let epoch = 0; epoch < training.epochs; epoch += 1) {
    shuffle(order, random.next);
    // Smaller steps towards the end settle what larger ones found.
    const rate = training.learningRate * (1 - epoch / training.epochs);
    for (let from = 0; from < order.length; from += training.batchRows) {
      const batch = order.subarray(from, from + training.batchRows);
      for (const row of batch) learn(inputs.subarray(row * width, (row + 1) * width), labels[row] ?? 0);
      optimiser.step(rate, batch.length);
    }
  }
  return network;
}

/** Probabilities of the classes for one row of raw values. */
export function predict({ mean, deviation, layers }: Network, row: ArrayLike<number>): Float64Array {
  const input = Float32Array.from(mean, (middle, index) => ((row[index] ?? 0) - middle) / (deviation[index] ?? 1));
  const answers = valuesFor(layers);
  forward(layers, input, answers);
  return answers.at(-1) ?? new Float64Array();
}

/** Mean and deviation of each column. */
export function columnScaling({ width, rows }: Examples): Scaling {
  const count = rows.length / width;
  const mean = new Float32Array(width);
  const deviation = new Float32Array(width);
  for (let column = 0; column < width; column += 1) {
    let sum = 0;
    let squares = 0;
    for (let at = column; at < rows.length; at += width) {
      const value = rows[at] ?? 0;
      sum += value;
      squares += value * value;
    }
    mean[column] = sum / count;
    deviation[column] = Math.sqrt(Math.max(squares / count - (sum / count) ** 2, 1e-12));
  }
  return { mean, deviation };
}

function freshLayer(inputs: number, outputs: number, normal: () => number): Layer {
  // He's initialisation: keeps the variance through ReLU.
  const spread = Math.sqrt(2 / inputs);
  const weights = Float32Array.from({ length: inputs * outputs }, () => normal() * spread);
  return { inputs, outputs, weights, bias: new Float32Array(outputs) };
}

function scaled({ width, rows }: Examples, { mean, deviation }: Scaling): Float32Array {
  return rows.map((value, at) => (value - (mean[at % width] ?? 0)) / (deviation[at % width] ?? 1));
}

/** Room for a value of each layer's outputs, so that a pass over one row allocates nothing. */
const valuesFor = (layers: readonly Layer[]) => layers.map(({ outputs }) => new Float64Array(outputs));

/** Writes into `answers` what each layer answers, the probabilities last. */
function forward(layers: readonly Layer[], input: Float32Array, answers: readonly Float64Array[]): void {
  let from: Float32Array | Float64Array = input;
  for (let depth = 0; depth < layers.length; depth += 1) {
    const { inputs, outputs, weights, bias } = layers[depth] as Layer;
    const to = answers[depth] as Float64Array;
    to.set(bias);
    for (let i = 0; i < inputs; i += 1) {
      const value = from[i] as number;
      // Most pixels of a picture are empty, and half of what ReLU answers.
      if (value === 0) continue;
      for (let o = 0, at = i * outputs; o < outputs; o += 1, at += 1)
        to[o] = (to[o] as number) + value * (weights[at] as number);
    }
    if (depth < layers.length - 1) for (let o = 0; o < outputs; o += 1) to[o] = Math.max(0, to[o] as number);
    else softmax(to);
    from = to;
  }
}

function softmax(values: Float64Array): void {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) most = Math.max(most, value);
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i] = Math.exp((values[i] as number) - most);
  for (let i = 0; i < values.length; i += 1) values[i] = (values[i] as number) / sum;
}

/** Answers what adds the gradient of one row's cross-entropy to `gradients`. */
function backward(layers: readonly Layer[], gradients: readonly Layer[]) {
  const answers = valuesFor(layers);
  const slopes = valuesFor(layers);
  return (input: Float32Array, label: number): void => {
    forward(layers, input, answers);
    const last = slopes.at(-1) as Float64Array;
    // Softmax and cross-entropy together: what was said minus what was right.
    last.set(answers.at(-1) as Float64Array);
    last[label] = (last[label] as number) - 1;
    for (let depth = layers.length - 1; depth >= 0; depth -= 1) {
      const { inputs, outputs, weights } = layers[depth] as Layer;
      const gradient = gradients[depth] as Layer;
      const slope = slopes[depth] as Float64Array;
      const from = depth === 0 ? input : (answers[depth - 1] as Float64Array);
      const below = slopes[depth - 1];
      below?.fill(0);
      for (let o = 0; o < outputs; o += 1) gradient.bias[o] = (gradient.bias[o] as number) + (slope[o] as number);
      for (let i = 0; i < inputs; i += 1) {
        const value = from[i] as number;
        // Nothing came from here, and where ReLU cut nothing goes back.
        if (value === 0) continue;
        const at = i * outputs;
        for (let o = 0; o < outputs; o += 1)
          gradient.weights[at + o] = (gradient.weights[at + o] as number) + value * (slope[o] as number);
        if (below !== undefined) below[i] = dot(weights, at, slope);
      }
    }
  };
}

function dot(weights: Float32Array, from: number, slope: Float64Array): number {
  let sum = 0;
  for (let o = 0; o < slope.length; o += 1) sum += (weights[from + o] as number) * (slope[o] as number);
  return sum;
}

const MOMENTUM = 0.9;
const MEMORY = 0.999;

function adam(layers: readonly Layer[], { decay }: Training) {
  const tensors = layers.flatMap(({ weights, bias }) => [weights, bias]);
  const gradients = layers.map((layer) => ({
    ...layer,
    weights: new Float32Array(layer.weights.length),
    bias: new Float32Array(layer.bias.length),
  }));
  const slopes = gradients.flatMap(({ weights, bias }) => [weights, bias]);
  const firsts = tensors.map(({ length }) => new Float32Array(length));
  const seconds = tensors.map(({ length }) => new Float32Array(length));
  let steps = 0;
  return {
    gradients,
    /** Moves every weight by the gradients summed over `rows`, and clears them. */
    step(rate: number, rows: number): void {
      steps += 1;
      const size = (rate * Math.sqrt(1 - MEMORY ** steps)) / (1 - MOMENTUM ** steps);
      tensors.forEach((values, index) => {
        const slope = slopes[index] as Float32Array;
        const first = firsts[index] as Float32Array;
        const second = seconds[index] as Float32Array;
        // Only weights, not biases, are held small.
        const shrink = index % 2 === 0 ? 1 - rate * decay : 1;
        for (let i = 0; i < values.length; i += 1) {
          const part = (slope[i] as number) / rows;
          const mean = MOMENTUM * (first[i] as number) + (1 - MOMENTUM) * part;
          const square = MEMORY * (second[i] as number) + (1 - MEMORY) * part * part;
          first[i] = mean;
          second[i] = square;
          values[i] = (values[i] as number) * shrink - (size * mean) / (Math.sqrt(square) + 1e-8);
        }
        slope.fill(0);
      });
    },
  };
}

/** Fisher and Yates' shuffle, in place. */
function shuffle(order: Uint32Array, next: () => number): void {
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(next() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
}
