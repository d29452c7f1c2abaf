export type Size = "S" | "M" | "L" | "GPU";
type Resources = Readonly<{ cpu: string; memory: string; gpu: number }>;

export const SIZES: Readonly<Record<Size, Resources>> = {
  S: { cpu: "500m", memory: "512Mi", gpu: 0 },
  M: { cpu: "1", memory: "1Gi", gpu: 0 },
  L: { cpu: "2", memory: "4Gi", gpu: 0 },
  GPU: { cpu: "4", memory: "16Gi", gpu: 1 },
};

/** "0.5 CPU, 512 MiB" */
export function sizeWords({ cpu, memory, gpu }: Resources): string {
  const cores = cpu.endsWith("m") ? Number.parseInt(cpu, 10) / 1_000 : Number(cpu);
  return `${cores} CPU, ${memory.replace(/(\d)([A-Z])/, "$1 $2")}B${gpu > 0 ? `, ${gpu} GPU` : ""}`;
}
