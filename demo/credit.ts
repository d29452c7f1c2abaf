import type { Examples } from "./network.ts";
import { type Random, randomFrom } from "./random.ts";

/** What is asked of an applicant, in the order the models take it. */
export const CREDIT_FEATURES = [
  "age_years",
  "monthly_income_eur",
  "employed_years",
  "loan_amount_eur",
  "loan_term_months",
  "debt_to_income",
  "credit_utilisation",
  "late_payments_24m",
  "open_accounts",
  "owns_home",
] as const;
export const CREDIT_LABELS = ["repaid", "defaulted"] as const;

/** One applicant's features, in the order of CREDIT_FEATURES and rounded as a form would have them. */
export function applicant(random: Random): number[] {
  const age = Math.round(20 + 50 * random.next() ** 1.3);
  const employed = Math.min(age - 18, Math.max(0, Math.round(random.normal() * 5 + (age - 22) / 3)));
  const income = Math.round(Math.exp(7.7 + 0.015 * employed + 0.42 * random.normal()) / 10) * 10;
  const amount = Math.round((income * random.between(0.8, 9) * Math.exp(0.35 * random.normal())) / 100) * 100;
  const term = [12, 24, 36, 48, 60, 72][Math.floor(random.next() * 6)] ?? 36;
  const debt = Math.min(1.2, Math.max(0.02, 0.32 + 0.16 * random.normal() + amount / income / term));
  // Some live at the edge of their cards, most do not.
  const utilisation = Math.min(1, Math.max(0, random.next() < 0.25 ? random.between(0.6, 1) : 0.55 * random.next()));
  const late = Math.floor(-Math.log(1 - random.next()) * (0.5 + 1.1 * utilisation));
  const accounts = Math.max(1, Math.round(5 + 2.6 * random.normal()));
  const owns = random.next() < 0.15 + 0.009 * (age - 20) ? 1 : 0;
  return [age, income, employed, amount, term, round(debt), round(utilisation), Math.min(late, 12), accounts, owns];
}

const round = (value: number) => Math.round(value * 1_000) / 1_000;

/**
 * The chance that this applicant defaults. Risk here is not a sum of parts: late payments weigh far more on exhausted
 * cards, debt starts to hurt at a threshold, and both the youngest and the oldest are at risk. A linear model can only
 * come near it; a small network can learn it.
 */
export function defaultChance(features: readonly number[]): number {
  const [
    age = 0,
    income = 0,
    employed = 0,
    amount = 0,
    term = 0,
    debt = 0,
    utilisation = 0,
    late = 0,
    accounts = 0,
    owns = 0,
  ] = features;
  const strained = sigmoid((debt - 0.55) * 14);
  const exhausted = sigmoid((utilisation - 0.65) * 12);
  const score =
    -3.9 +
    2.1 * strained +
    0.3 * Math.min(late, 5) +
    0.85 * exhausted * Math.min(late, 4) +
    0.9 * ((age - 45) / 18) ** 2 * (1 - 0.6 * owns) +
    0.22 * (amount / income - 4) * (term > 48 ? 1.4 : 0.5) -
    0.9 * Math.tanh(employed / 4) +
    1.1 * strained * exhausted +
    0.25 * Math.abs(accounts - 5) * exhausted -
    0.35 * owns;
  return sigmoid(score);
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** `count` applicants and whether each defaulted (1) or repaid (0). */
export function loans(count: number, seed: number): Examples {
  const random = randomFrom(seed);
  const width = CREDIT_FEATURES.length;
  const rows = new Float32Array(count * width);
  const classes = new Uint8Array(count);
  for (let row = 0; row < count; row += 1) {
    const features = applicant(random);
    rows.set(features, row * width);
    classes[row] = random.next() < defaultChance(features) ? 1 : 0;
  }
  return { width, rows, classes };
}
