export default function Page() {
  return (
    <main style={{ fontFamily: "system-ui, sans-serif", maxWidth: "40rem", margin: "4rem auto", padding: "0 1rem" }}>
      <h1>Slipway</h1>
      <p>
        Registers machine-learning models, runs them on Kubernetes, splits traffic between their versions and puts the
        last good one back.
      </p>
      <p>
        This release speaks REST under <code>/api/v1</code> with a bearer token: see its{" "}
        <a href="/api/v1/openapi.json">OpenAPI description</a>. Screens come with the next one.
      </p>
    </main>
  );
}
