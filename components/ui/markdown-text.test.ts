import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { MarkdownText } from "./markdown-text.tsx";

const html = (text: string): string =>
  renderToStaticMarkup(createElement(MarkdownText, { text })).replace(/^<div[^>]*>|<\/div>$/g, "");

test("headings begin below the page's own, and what is emphasised, listed or code is so", () => {
  expect(html("# Card\n\nTrained on *made-up* `data`, **twice**.\n\n- one\n- two\n\n3. three")).toBe(
    "<h3>Card</h3><p>Trained on <em>made-up</em> <code>data</code>, <strong>twice</strong>.</p>" +
      '<ul><li>one</li><li>two</li></ul><ol start="3"><li>three</li></ol>',
  );
});

test("a table is one, and what is written as HTML is read as text", () => {
  expect(html("| set | auc |\n|---|---|\n| test | 0.9 |")).toContain("<th>auc</th>");
  expect(html("a &lt; b & c &amp; d")).toBe("<p>a &lt; b &amp; c &amp; d</p>");
  expect(html('<img src=x onerror="x()"> <b>bold</b>')).not.toMatch(/<(img|b)\b/);
});

test.each([
  "[press](javascript:alert(1))",
  "[press](JaVaScRiPt:alert(1))",
  "[press](java&#10;script:alert(1))",
  "[press](data:text/html,<script>alert(1)</script>)",
  "[press](vbscript:x)",
  "<javascript:alert(1)>",
  "![press](https://elsewhere.example/pixel.png)",
  "<a href='javascript:alert(1)'>press</a>",
])("%s leads nowhere, runs nothing and fetches nothing", (text) => {
  expect(html(text)).not.toMatch(/<(a|img|script)\b/);
});

test("links lead to the web and to mail, without telling where from", () => {
  expect(html("[more](https://example.com/a?b)")).toContain(
    '<a href="https://example.com/a?b" rel="noreferrer">more</a>',
  );
  expect(html("<someone@example.com>")).toContain('href="mailto:someone@example.com"');
});

test("a text nested beyond reason is shown, and quickly", () => {
  for (const text of [">".repeat(20_000), "- ".repeat(10_000), "[".repeat(20_000), "*a ".repeat(6_000)]) {
    const beganMs = performance.now();
    expect(html(text).length).toBeGreaterThan(0);
    expect(performance.now() - beganMs).toBeLessThan(2_000);
  }
});
