import Markdown from "react-markdown";
import rehypeSanitize from "rehype-sanitize";

/** What somebody wrote about a model: as they meant it, and never as a script. */
export const MarkdownText = ({ text }: { text: string }) => (
  <div className="flex max-w-180 flex-col gap-2 break-words [&_a]:text-accent [&_a]:underline [&_code]:font-mono [&_h3]:font-semibold [&_h3]:text-section [&_h4]:font-semibold [&_li]:ml-5 [&_ol]:list-decimal [&_pre]:overflow-x-auto [&_ul]:list-disc">
    <Markdown
      rehypePlugins={[rehypeSanitize]}
      // The page has its one first heading already.
      components={{ h1: "h3", h2: "h4", h3: "h5" }}
      // A picture would tell a foreign server who reads this.
      disallowedElements={["img"]}
    >
      {text}
    </Markdown>
  </div>
);
