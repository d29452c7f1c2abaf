"use client";

export { useRefusal as useWriteRefusal } from "#components/ui/access.tsx";
