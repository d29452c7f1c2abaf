# One image per target: web, worker, migrate (the control plane, same layers), router, model-server, fetch, artifacts
# (pods), and local (all of it on one machine, what docker-compose.yml runs). `docs/install.md` says how to build them.
ARG NODE_IMAGE=docker.io/library/node:24.21.0-bookworm-slim
ARG BASE_IMAGE=docker.io/library/debian:12.12-slim

FROM ${NODE_IMAGE} AS packages
WORKDIR /slipway
COPY package.json package-lock.json .npmrc ./
# No scripts: Node is the image's, and what they would fetch no server needs.
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

FROM packages AS files
COPY . .
ENV NEXT_TELEMETRY_DISABLED=1
RUN node node_modules/prisma/build/index.js generate
RUN node node_modules/next/dist/bin/next build && rm -rf .next/cache
RUN set -e; copy() { out="$1"; shift; node scripts/image-files.ts "/out/$out" "$@"; }; \
    copy router serving/router domain k8s/client; \
    copy model-server serving/model-server serving/archive domain; \
    copy fetch serving/fetch serving/archive domain; \
    copy artifacts serving/artifacts domain; \
    copy control-plane server worker domain k8s/client k8s/manifests serving/model-server serving/archive prisma/migrations \
      scripts/deploy-migrations.ts .next -- next react react-dom @kubernetes/client-node; \
    cp next.config.js /out/control-plane/; \
    mkdir /out/home

# Node alone, without npm: the same binary that ran the build.
FROM ${BASE_IMAGE} AS node
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
COPY --from=packages /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
WORKDIR /slipway
# A number, because Kubernetes cannot tell whether a name is root.
USER 10001:10001

FROM node AS router
COPY --from=files /out/router ./
EXPOSE 8080
ENTRYPOINT ["node", "serving/router/main.ts"]

FROM node AS model-server
COPY --from=files /out/model-server ./
EXPOSE 8080
ENTRYPOINT ["node", "serving/model-server/main.ts"]

FROM node AS fetch
COPY --from=files /out/fetch ./
ENTRYPOINT ["node", "serving/fetch/main.ts"]

FROM node AS artifacts
COPY --from=files /out/artifacts ./
EXPOSE 8080
ENTRYPOINT ["node", "serving/artifacts/main.ts"]

FROM node AS control-plane
COPY --from=files /out/control-plane ./
# Its parent is made here, so that a volume mounted there begins with this owner.
ENV SLIPWAY_HOME=/var/lib/slipway
COPY --from=files --chown=10001:10001 /out/home /var/lib/slipway
VOLUME /var/lib/slipway

FROM control-plane AS worker
ENV WORKER_PORT=9090
EXPOSE 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.WORKER_PORT}/health/live`).then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "worker/main.ts"]

FROM control-plane AS migrate
ENTRYPOINT ["node", "scripts/deploy-migrations.ts"]

FROM control-plane AS web
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/api/readyz`).then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "node_modules/next/dist/bin/next", "start"]
CMD ["-H", "0.0.0.0"]

# The whole checkout, as `npm start` runs it: a laptop's Slipway, not a server's.
FROM ${NODE_IMAGE} AS local
RUN apt-get update && apt-get install -y --no-install-recommends prometheus && rm -rf /var/lib/apt/lists/*
WORKDIR /slipway
RUN chown 10001:10001 /slipway
USER 10001:10001
ENV HOME=/slipway/.home NEXT_TELEMETRY_DISABLED=1
COPY --chown=10001:10001 package.json package-lock.json .npmrc prisma.config.ts ./
COPY --chown=10001:10001 prisma ./prisma
COPY --chown=10001:10001 scripts ./scripts
RUN npm ci --include=dev --no-audit --no-fund --loglevel=error
COPY --chown=10001:10001 . .
RUN node_modules/.bin/node scripts/build.ts && rm -rf .next/cache .slipway && mkdir .slipway
ENV SLIPWAY_HOME=/slipway/.slipway SLIPWAY_HOST=0.0.0.0
VOLUME /slipway/.slipway
EXPOSE 3000 8088
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/api/readyz`).then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "scripts/start.mjs"]
