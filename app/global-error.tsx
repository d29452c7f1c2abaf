"use client";

/** When not even the frame could be drawn: without our styles, fonts and scripts, which may be what failed. */
export default function Failed({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body style={{ fontFamily: "system-ui, sans-serif", colorScheme: "light dark", padding: 24 }}>
        <title>Slipway</title>
        <h1>Slipway could not be drawn.</h1>
        <p>
          Nothing you saved is lost, and predictions go on.
          {error.digest ? ` The log has it as ${error.digest}.` : ""}
        </p>
        <a href="/">To the overview</a>
      </body>
    </html>
  );
}
