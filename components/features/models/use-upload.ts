"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { type Artifact, UploadFailure, uploadArtifact } from "./upload.ts";

export type Upload =
  | Readonly<{ state: "none" }>
  | Readonly<{ state: "sending"; file: File; sentBytes: number }>
  | Readonly<{ state: "stored"; file: File; artifact: Artifact }>
  | Readonly<{ state: "failed"; file: File; code: string; message: string }>;

/** One file at a time: choosing another stops the one under way, and so does leaving the page. */
export function useUpload() {
  const [upload, setUpload] = useState<Upload>({ state: "none" });
  const running = useRef<AbortController | null>(null);
  const stop = useCallback(() => running.current?.abort(), []);
  useEffect(() => stop, [stop]);

  const begin = useCallback((file: File) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const show = (next: Upload) => {
      if (running.current === controller) setUpload(next);
    };
    show({ state: "sending", file, sentBytes: 0 });
    uploadArtifact(file, (sentBytes) => show({ state: "sending", file, sentBytes }), controller.signal).then(
      (artifact) => show({ state: "stored", file, artifact }),
      (error: unknown) => {
        if (controller.signal.aborted) return show({ state: "none" });
        const known = error instanceof UploadFailure ? error : null;
        show({
          state: "failed",
          file,
          code: known?.code ?? "internal",
          message: known?.message ?? "The upload failed.",
        });
      },
    );
  }, []);
  return { upload, begin, stop };
}
