"use client";

import dynamic from "next/dynamic";

/** Most models have no card, so what reads one comes with the first. */
export const MarkdownText = dynamic(() => import("./markdown-text.tsx").then((file) => file.MarkdownText));
