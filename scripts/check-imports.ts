import { cruise } from "./cruise.ts";

const { modules, imports, violations } = cruise(process.cwd());
for (const { rule, from, to } of violations) console.error(`${rule.name}: ${from} -> ${to}`);
console.info(`${modules} modules, ${imports} imports, ${violations.length} violations`);
process.exitCode = violations.length > 0 ? 1 : 0;
