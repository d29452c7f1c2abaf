import { applicant, CREDIT_FEATURES, CREDIT_LABELS, loans } from "./credit.ts";
import { DIGIT_LABELS, DIGIT_SIDE, drawDigit, drawings } from "./digits.ts";
import { columnScaling, type Examples, type Network, predict, type Training, train } from "./network.ts";
import { networkFile } from "./network-file.ts";
import { type Random, randomFrom } from "./random.ts";
import { accuracy, areaUnderCurve, brier, logLoss } from "./scores.ts";

/** How many rows are trained on and held out. */
export type Sizes = Readonly<{ train: number; holdOut: number }>;

export type Trained = Readonly<{ file: Uint8Array; network: Network; metrics: Readonly<Record<string, number>> }>;

export type VersionRecipe = Readonly<{
  /** Among the version's tags: what a later run knows it by. */
  tag: string;
  /** What is done, for people who wait for it. */
  doing: string;
  description: string;
  params: Readonly<Record<string, string | number>>;
  train(): Trained;
}>;

export type ModelRecipe = Readonly<{
  model: string;
  endpoint: string;
  description: string;
  dataset: string;
  labels: readonly string[];
  featureNames?: readonly string[];
  preprocessing?: Readonly<Record<string, unknown>>;
  /** A v2 request body such as somebody who uses the endpoint sends. */
  request(random: Random): unknown;
  /** The first is stable and the champion; the second, where there is one, is under trial. */
  versions: readonly VersionRecipe[];
}>;

const CREDIT_SIZES: Sizes = { train: 24_000, holdOut: 8_000 };
const DIGIT_SIZES: Sizes = { train: 10_000, holdOut: 2_000 };

const LOGISTIC: Training = {
  hidden: 0,
  classes: 2,
  epochs: 8,
  batchRows: 128,
  learningRate: 0.006,
  decay: 0.002,
  seed: 3,
};
const SMALL_NETWORK: Training = { ...LOGISTIC, hidden: 24, epochs: 20 };
const DIGIT_NETWORK: Training = {
  hidden: 48,
  classes: 10,
  epochs: 6,
  batchRows: 64,
  learningRate: 0.002,
  decay: 0.01,
  seed: 7,
};

const rowsOf = ({ width, rows, classes }: Examples) =>
  Array.from(classes, (_, row) => rows.subarray(row * width, (row + 1) * width));

const counted = (rows: number) => rows.toLocaleString("en");

const metric = (value: number) => Number(value.toFixed(4));

/** Trains on applicants and measures on others; `holdOut` loans are never trained on. */
export function trainCredit(training: Training, sizes: Sizes = CREDIT_SIZES): Trained {
  const seen = loans(sizes.train, 1);
  const unseen = loans(sizes.holdOut, 2);
  const network = train(seen, columnScaling(seen), training);
  const probabilities = rowsOf(unseen).map((row) => predict(network, row));
  return {
    network,
    file: networkFile(network, { name: "applicant", shape: [CREDIT_FEATURES.length] }),
    metrics: {
      auc: metric(areaUnderCurve(probabilities, unseen.classes)),
      log_loss: metric(logLoss(probabilities, unseen.classes)),
      brier: metric(brier(probabilities, unseen.classes)),
    },
  };
}

export const trainLogistic = (sizes?: Sizes) => trainCredit(LOGISTIC, sizes);
export const trainSmallNetwork = (sizes?: Sizes) => trainCredit(SMALL_NETWORK, sizes);

export function trainDigits(sizes: Sizes = DIGIT_SIZES): Trained {
  const seen = drawings(sizes.train, 5);
  const unseen = drawings(sizes.holdOut, 6);
  // Paper is 0 and stays 0: a graph of mostly zeros is what makes this quick.
  const scaling = { mean: new Float32Array(seen.width), deviation: new Float32Array(seen.width).fill(255) };
  const network = train(seen, scaling, DIGIT_NETWORK);
  const probabilities = rowsOf(unseen).map((row) => predict(network, row));
  return {
    network,
    file: networkFile(network, { name: "image", shape: [1, DIGIT_SIDE, DIGIT_SIDE] }),
    metrics: {
      accuracy: metric(accuracy(probabilities, unseen.classes)),
      log_loss: metric(logLoss(probabilities, unseen.classes)),
    },
  };
}

const paramsOf = ({ hidden, epochs, batchRows, learningRate, seed }: Training, { train: trainRows }: Sizes) => ({
  hidden_units: hidden,
  epochs,
  batch_rows: batchRows,
  learning_rate: learningRate,
  train_rows: trainRows,
  seed,
});

const fp32 = (name: string, shape: readonly number[], data: ArrayLike<number>) => ({
  inputs: [{ name, datatype: "FP32", shape, data: Array.from(data) }],
});

const CREDIT: ModelRecipe = {
  model: "credit-risk",
  endpoint: "credit-score",
  description:
    "How likely an applicant is to default on a loan. Trained by `npm run demo` on applicants it makes up; no person's data is in it.",
  dataset: `made up by demo/credit.ts: ${counted(CREDIT_SIZES.train)} applicants to train on, ${counted(CREDIT_SIZES.holdOut)} held out`,
  labels: CREDIT_LABELS,
  featureNames: CREDIT_FEATURES,
  request: (random) => fp32("applicant", [1, CREDIT_FEATURES.length], applicant(random)),
  versions: [
    {
      tag: "logistic",
      doing: "training a logistic regression for credit risk",
      description: "Logistic regression on ten features: simple, explainable, and blind to how features act together.",
      params: { kind: "logistic regression", ...paramsOf(LOGISTIC, CREDIT_SIZES) },
      train: () => trainLogistic(),
    },
    {
      tag: "network",
      doing: "training a small network for credit risk",
      description:
        "One hidden layer of 24 units. It sees that late payments weigh more on exhausted cards and that risk rises at both ends of age, which the logistic regression cannot.",
      params: { kind: "network with one hidden layer", ...paramsOf(SMALL_NETWORK, CREDIT_SIZES) },
      train: () => trainSmallNetwork(),
    },
  ],
};

const DIGITS: ModelRecipe = {
  model: "digits",
  endpoint: "digits",
  description: "Which digit somebody drew. Trained by `npm run demo` on digits it draws itself, in many hands.",
  dataset: `drawn by demo/digits.ts: ${counted(DIGIT_SIZES.train)} digits to train on, ${counted(DIGIT_SIZES.holdOut)} held out`,
  labels: DIGIT_LABELS,
  preprocessing: {
    width: DIGIT_SIDE,
    height: DIGIT_SIDE,
    layout: "NCHW",
    channels: 1,
    scale: 1,
    mean: [0],
    deviation: [1],
    invert: true,
  },
  request: (random) =>
    fp32("image", [1, 1, DIGIT_SIDE, DIGIT_SIDE], drawDigit(Math.floor(random.next() * DIGIT_LABELS.length), random)),
  versions: [
    {
      tag: "network",
      doing: "drawing digits and training a classifier on them",
      description: "28 × 28 grey pixels from 0 (paper) to 255 (ink), one hidden layer of 48 units.",
      params: { kind: "network with one hidden layer", ...paramsOf(DIGIT_NETWORK, DIGIT_SIZES) },
      train: trainDigits,
    },
  ],
};

export const RECIPES: readonly ModelRecipe[] = [CREDIT, DIGITS];

/** What a version's screen starts its Try it with. */
export const exampleOf = (recipe: ModelRecipe): unknown => recipe.request(randomFrom(41));
