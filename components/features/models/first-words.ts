/** Headings, tables, lists, code and rules: none of it reads as a sentence in one line. */
const NO_PROSE = /^(#|\||[-*+] |\d+[.)] |```|~~~|>|-{3,}|={3,})/;

/** The first paragraph of a card as plain text, for one line of a list; without one, its first line. */
export function firstWords(markdown: string): string {
  const blocks = markdown.split(/\n\s*\n/).map((block) => block.trim());
  const prose = blocks.find((block) => block !== "" && !NO_PROSE.test(block));
  const text = prose ?? blocks[0]?.split("\n")[0]?.replace(/^#+\s*/, "") ?? "";
  return text
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[`*]|(?<!\w)_|_(?!\w)/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
