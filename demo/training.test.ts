import { beforeAll, describe, expect, it } from "vitest";
import { columnScaling, predict, train } from "./network.ts";
import { randomFrom } from "./random.ts";
import { type Trained, trainDigits, trainLogistic, trainSmallNetwork } from "./recipes.ts";
import { accuracy, areaUnderCurve, brier, logLoss } from "./scores.ts";

// Enough to tell the models apart, and quick.
const SIZES = { train: 4_000, holdOut: 3_000 };

describe("credit risk", () => {
  let logistic: Trained;
  let network: Trained;
  beforeAll(() => {
    logistic = trainLogistic(SIZES);
    network = trainSmallNetwork(SIZES);
  });

  it("is told better by the network on loans that neither saw: a higher AUC, a lower log-loss and Brier score", () => {
    const [before, after] = [logistic.metrics, network.metrics];
    expect(before.auc).toBeGreaterThan(0.75);
    expect(after.auc).toBeGreaterThan((before.auc ?? 1) + 0.01);
    expect(after.log_loss).toBeLessThan((before.log_loss ?? 0) - 0.005);
    expect(after.brier).toBeLessThan(before.brier ?? 0);
  });

  it("gives the same bytes each time it is trained", () => {
    expect(Buffer.from(trainLogistic(SIZES).file).equals(Buffer.from(logistic.file))).toBe(true);
    expect(trainLogistic(SIZES).metrics).toEqual(logistic.metrics);
  });
});

it("most digits that it never saw are read right after a short training", () => {
  expect(trainDigits({ train: 600, holdOut: 200 }).metrics.accuracy).toBeGreaterThan(0.75);
});

it("a hidden layer learns what no straight line can tell apart", () => {
  const random = randomFrom(1);
  const count = 1_000;
  const rows = Float32Array.from({ length: count * 2 }, () => random.between(-1, 1));
  const classes = Uint8Array.from({ length: count }, (_, row) =>
    (rows[row * 2] ?? 0) > 0 === (rows[row * 2 + 1] ?? 0) > 0 ? 1 : 0,
  );
  const examples = { width: 2, rows, classes };
  const training = { classes: 2, epochs: 30, batchRows: 32, learningRate: 0.02, decay: 0, seed: 2 };
  const right = (hidden: number) => {
    const network = train(examples, columnScaling(examples), { ...training, hidden });
    return accuracy(
      Array.from(classes, (_, row) => predict(network, rows.subarray(row * 2, row * 2 + 2))),
      classes,
    );
  };
  expect(right(0)).toBeLessThan(0.65);
  expect(right(16)).toBeGreaterThan(0.95);
});

describe("scores", () => {
  const probabilities = [0.1, 0.4, 0.35, 0.8].map((p) => [1 - p, p]);
  const classes = [0, 0, 1, 1];

  it("are those worked out by hand", () => {
    // Of the four pairs, 0.35 is below 0.4 and the other three are in order.
    expect(areaUnderCurve(probabilities, classes)).toBeCloseTo(0.75, 12);
    expect(brier(probabilities, classes)).toBeCloseTo((0.01 + 0.16 + 0.4225 + 0.04) / 4, 12);
    expect(logLoss(probabilities, classes)).toBeCloseTo(
      -(Math.log(0.9) + Math.log(0.6) + Math.log(0.35) + Math.log(0.8)) / 4,
      12,
    );
    expect(accuracy(probabilities, classes)).toBe(0.75);
  });

  it("call a model that says the same of everybody a coin toss", () => {
    expect(
      areaUnderCurve(
        [
          [0.5, 0.5],
          [0.5, 0.5],
          [0.5, 0.5],
        ],
        [0, 1, 1],
      ),
    ).toBe(0.5);
  });
});
