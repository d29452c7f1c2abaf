"use client";

import dynamic from "next/dynamic";

/** Behind a tab: it comes when somebody opens that. */
export const TryIt = dynamic(
  () => import("#components/features/try-it/endpoint-try-it.tsx").then((file) => file.EndpointTryIt),
  { ssr: false },
);
