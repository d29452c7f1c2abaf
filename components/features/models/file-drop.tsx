"use client";

import { FileUp } from "lucide-react";
import { type DragEvent, useId, useRef, useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { bytesWords } from "#components/ui/quantity-words.ts";
import { adviceFor } from "./advice.ts";
import type { Upload } from "./use-upload.ts";

const ACCEPTED = ".onnx,.tar,.pmml,.pb,.zip";

type FileDropProps = Readonly<{ upload: Upload; onFile: (file: File) => void; onStop: () => void }>;

/** Drop a file or choose one; it is sent at once, while the rest of the form is filled in. */
export function FileDrop({ upload, onFile, onStop }: FileDropProps) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  };
  return (
    <div className="flex flex-col gap-2">
      <label
        htmlFor={id}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
        className={classNames(
          "flex cursor-pointer flex-col items-center gap-1 rounded-card border border-edge border-dashed p-6 text-center hover:bg-hover",
          "has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2",
          over && "border-accent bg-hover",
        )}
      >
        <FileUp className="size-5 text-muted" aria-hidden />
        <span className="font-medium">Drop a model file, or choose one</span>
        <span className="text-label text-muted">.onnx, or a .tar of model.onnx with its weights</span>
        <input
          ref={input}
          id={id}
          type="file"
          accept={ACCEPTED}
          className="sr-only"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) onFile(file);
            // The same file, mended, may be chosen again.
            event.target.value = "";
          }}
        />
      </label>
      <UploadState upload={upload} onAgain={onFile} onChoose={() => input.current?.click()} onStop={onStop} />
    </div>
  );
}

function UploadState({
  upload,
  onAgain,
  onChoose,
  onStop,
}: {
  upload: Upload;
  onAgain: (file: File) => void;
  onChoose: () => void;
  onStop: () => void;
}) {
  if (upload.state === "none") return null;
  if (upload.state === "failed")
    return (
      <Banner
        status="Failing"
        title={`${upload.file.name} was not stored.`}
        actions={
          upload.code === "unreadable" ? (
            <Button onClick={onChoose}>Choose again</Button>
          ) : (
            <Button onClick={() => onAgain(upload.file)}>Send again</Button>
          )
        }
      >
        {upload.message} {adviceFor(upload.code, null)}
      </Banner>
    );
  const sent = upload.state === "stored" ? upload.file.size : upload.sentBytes;
  const percent = upload.file.size === 0 ? 100 : Math.min(100, Math.floor((sent / upload.file.size) * 100));
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-center justify-between gap-2">
        <span className="min-w-0 truncate font-medium">{upload.file.name}</span>
        <span className="shrink-0 text-label text-muted" role="status">
          {upload.state === "stored"
            ? `Stored, ${bytesWords(upload.file.size)}`
            : `${bytesWords(sent)} of ${bytesWords(upload.file.size)}`}
        </span>
      </div>
      <div className="flex items-center gap-2">
        <progress
          aria-label={`Upload of ${upload.file.name}`}
          value={percent}
          max={100}
          className="h-1.5 w-full overflow-hidden rounded-full [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent"
        />
        {upload.state === "sending" ? (
          <Button look="quiet" size="small" onClick={onStop}>
            Stop
          </Button>
        ) : null}
      </div>
      {upload.state === "stored" ? (
        <code className="truncate font-mono text-label text-muted">{upload.artifact.digest}</code>
      ) : null}
    </div>
  );
}
