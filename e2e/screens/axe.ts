import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const LOOKS = {
  light: { colorScheme: "light", width: 1280, height: 800 },
  dark: { colorScheme: "dark", width: 1280, height: 800 },
  "360 px": { colorScheme: "light", width: 360, height: 740 },
  "360 px, dark": { colorScheme: "dark", width: 360, height: 740 },
} as const;
export type Look = keyof typeof LOOKS;
export const EVERY_LOOK = Object.keys(LOOKS) as Look[];

/** What the other theme can break. */
const OF_COLOUR = ["color-contrast", "link-in-text-block"];

export async function setLook(page: Page, look: Look): Promise<void> {
  const { colorScheme, width, height } = LOOKS[look];
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.setViewportSize({ width, height });
  // Set by the page itself when it has heard of the other scheme.
  await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
}

/** In every look: no violation of any rule, and nothing that makes the page itself scroll sideways. */
export async function expectAccessible(page: Page, looks: readonly Look[] = EVERY_LOOK): Promise<void> {
  for (const look of looks) {
    await setLook(page, look);
    // There are no frames; of what is in order nobody needs the list.
    const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
    const { violations } = await (look.includes("dark") ? axe.withRules(OF_COLOUR) : axe).analyze();
    const told = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${look}: ${id}: ${html.slice(0, 300)} ${failureSummary}`),
    );
    expect.soft(told).toEqual([]);
    // Charts take the window's new width a frame after it.
    await expect
      .soft(async () => {
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect({ look, overflow }).toEqual({ look, overflow: 0 });
      })
      .toPass({ timeout: 5_000 });
  }
}
