import { lexer, type MarkedToken, type Token, type Tokens } from "marked";
import { createElement, Fragment, type ReactNode } from "react";

/** Deeper nesting than anybody writes would cost more to lay out than a card is worth. */
const DEPTH_MAX = 12;

/** What somebody wrote about a model: as they meant it, and never as a script, as nothing of it is read as HTML. */
export const MarkdownText = ({ text }: { text: string }) => (
  <div className="flex max-w-180 flex-col gap-2 break-words [&_a]:text-accent [&_a]:underline [&_code]:font-mono [&_h3]:font-semibold [&_h3]:text-section [&_h4]:font-semibold [&_li]:ml-5 [&_ol]:list-decimal [&_pre]:overflow-x-auto [&_td]:border [&_td]:px-2 [&_td]:py-1 [&_th]:border [&_th]:px-2 [&_th]:py-1 [&_th]:text-left [&_ul]:list-disc">
    {drawn(read(text))}
  </div>
);

/** Its parts; the whole as it is written where it is nested beyond what can be read. */
function read(text: string): Token[] {
  try {
    return lexer(text);
  } catch {
    return [{ type: "text", raw: text, text, escaped: false }];
  }
}

const drawn = (tokens: readonly Token[] | undefined, depth = 0): ReactNode =>
  tokens?.map((token, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text is drawn as a whole, its parts never move
    <Fragment key={index}>{depth > DEPTH_MAX ? token.raw : part(token as MarkedToken, depth + 1)}</Fragment>
  ));

function part(token: MarkedToken, depth: number): ReactNode {
  switch (token.type) {
    case "heading":
      // The page has its one first heading already.
      return createElement(`h${Math.min(6, token.depth + 2)}`, null, drawn(token.tokens, depth));
    case "paragraph":
      return <p>{drawn(token.tokens, depth)}</p>;
    case "blockquote":
      return <blockquote className="border-l-2 pl-3 text-muted">{drawn(token.tokens, depth)}</blockquote>;
    case "list":
      return createElement(
        token.ordered ? "ol" : "ul",
        token.ordered && token.start !== 1 ? { start: token.start } : null,
        drawn(token.items, depth),
      );
    case "list_item":
      return <li>{drawn(token.tokens, depth)}</li>;
    case "checkbox":
      return token.checked ? "☑ " : "☐ ";
    case "table":
      return <Table token={token} depth={depth} />;
    case "code":
      return (
        <pre>
          <code>{token.text}</code>
        </pre>
      );
    case "codespan":
      return <code>{token.text}</code>;
    case "strong":
      return <strong>{drawn(token.tokens, depth)}</strong>;
    case "em":
      return <em>{drawn(token.tokens, depth)}</em>;
    case "del":
      return <del>{drawn(token.tokens, depth)}</del>;
    case "link":
      return <Link href={token.href}>{drawn(token.tokens, depth)}</Link>;
    case "image":
      // A picture would tell a foreign server who reads this.
      return token.text;
    case "br":
      return <br />;
    case "hr":
      return <hr />;
    case "space":
    case "def":
      return null;
    case "text":
      return token.tokens === undefined ? plain(token.text) : drawn(token.tokens, depth);
    case "escape":
    case "html":
      return plain(token.text);
  }
}

const Table = ({ token: { header, rows }, depth }: { token: Tokens.Table; depth: number }) => (
  <div className="overflow-x-auto">
    <table>
      <thead>
        <tr>
          {header.map(({ text, tokens }) => (
            <th key={text}>{drawn(tokens, depth)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells) => (
          <tr key={cells.map(({ text }) => text).join("|")}>
            {cells.map(({ text, tokens }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a cell is what its column is
              <td key={`${index} ${text}`}>{drawn(tokens, depth)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const PROTOCOLS = new Set(["http:", "https:", "mailto:"]);

/** Only to the web and to mail; a part of wherever the text came from is not here. */
const Link = ({ href, children }: { href: string; children: ReactNode }) =>
  PROTOCOLS.has(URL.parse(href)?.protocol ?? "") ? (
    <a href={href} rel="noreferrer">
      {children}
    </a>
  ) : (
    children
  );

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  nbsp: "\u00a0",
};

/** Text as a reader sees it: the few characters that writers have to spell out, spelled back. */
const plain = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (all, name) => ENTITIES[name] ?? all);
