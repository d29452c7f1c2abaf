import Markdown from "react-markdown";
import rehypeSanitize from "rehype-sanitize";

/** What somebody wrote about a model: as they meant it, and never as a script. */
export const MarkdownText = ({ text }: { text: string }) => (
  <div className="flex max-w-180 flex-col gap-2 break-words [&_a]:text-accent [&_a]:underline [&_code]:font-mono [&_h1]:font-semibold [&_h1]:text-section [&_h2]:font-semibold [&_h2]:text-section [&_li]:ml-5 [&_ol]:list-decimal [&_pre]:overflow-x-auto [&_ul]:list-disc">
    <Markdown
      rehypePlugins={[rehypeSanitize]}
      // A picture would tell a foreign server who reads this.
      disallowedElements={["img"]}
    >
      {text}
    </Markdown>
  </div>
);
