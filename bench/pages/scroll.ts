import type { BrowserContext } from "@playwright/test";
import { quantile } from "#e2e/support/load.ts";

/** The whole list by the wheel: how evenly frames come, and the longest piece of work between two. */
export async function scrollThrough(context: BrowserContext, url: string) {
  const page = await context.newPage();
  await page.goto(`${url}/endpoints`);
  await page.locator("main a[href^='/endpoints/']").first().waitFor();
  await page.evaluate(() => {
    const kept = { frames: [] as number[], tasks: [] as number[] };
    Object.assign(window, { kept });
    new PerformanceObserver((list) => kept.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: "longtask",
    });
    let before = performance.now();
    const look = (now: number) => {
      kept.frames.push(now - before);
      before = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.mouse.move(640, 500);
  for (let step = 0; step < 150; step += 1) await page.mouse.wheel(0, 350);
  const { frames, tasks, inPage } = await page.evaluate(() => {
    const { kept } = window as unknown as { kept: { frames: number[]; tasks: number[] } };
    return { ...kept, inPage: document.querySelectorAll("main [role=row]").length };
  });
  await page.close();
  return {
    framesPerSecondMedian: Math.round(1000 / quantile(frames, 0.5)),
    frameMsP99: Number(quantile(frames, 0.99).toFixed(2)),
    longTasksOver50Ms: tasks.length,
    longestTaskMs: Math.round(Math.max(0, ...tasks)),
    rowsInPage: inPage,
  };
}
