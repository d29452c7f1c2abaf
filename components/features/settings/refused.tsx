import { Card } from "#components/ui/card.tsx";

/** In the place of a list that the reader may not see. */
export const Refused = ({ sentence }: { sentence: string }) => (
  <Card>
    <p className="text-muted">{sentence}</p>
  </Card>
);
