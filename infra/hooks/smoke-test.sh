#!/bin/sh
# azd runs this when everything is deployed: one turn of the loop on generated films, through the two public addresses. It has a dataset and a model of its own,
# smoke-test, and leaves the champion that is served alone. XRAY_ADMIN_KEY and XRAY_CALLER_KEY spare it the vault, XRAY a program that is built already the build.
set -eu
: "${SERVICE_CONTROLPLANE_URI:?is not set: azd provision sets it}" "${SERVICE_INFERENCE_URI:?is not set: azd provision sets it}"
root=$PWD
while [ ! -e "$root/XrayMlOps.sln" ]; do
  [ "$root" != / ] || { echo "Neither $PWD nor a folder above it is the repository." >&2; exit 1; }
  root=$(dirname "$root")
done

# With the CPU's libtorch, whatever the worker was built with: xray itself computes nothing here.
xray() {
  if [ -n "${XRAY:-}" ]; then "$XRAY" "$@"; else TorchBackend=cpu OnnxBackend=cpu dotnet run --project "$root/src/XrayMlOps.Cli" -c Release -- "$@"; fi
}

secret() {
  az keyvault secret show --vault-name "${AZURE_KEY_VAULT_NAME:?is not set: azd provision sets it}" --name "$1" --query value --output tsv
}

admin=${XRAY_ADMIN_KEY:-$(secret admin-key)}
caller=${XRAY_CALLER_KEY:-$(secret caller-key)}
films=$(mktemp -d)
trap 'rm -rf "$films"' EXIT

# A revision that has just been made is not ready yet.
for address in "$SERVICE_CONTROLPLANE_URI" "$SERVICE_INFERENCE_URI"; do
  curl --silent --show-error --fail --output /dev/null --retry 60 --retry-delay 5 --retry-all-errors --max-time 60 "$address/health"
done

export XRAY_SERVER="$SERVICE_CONTROLPLANE_URI" XRAY_API_KEY="$admin"
xray phantoms "$films" --films 40
xray dataset push "$films" --name smoke-test
run=$(xray train --dataset smoke-test --arch phantom_net --epochs 6 --register smoke-test --wait --json)
model=$(printf '%s\n' "$run" | sed -n 's/.*"model": *"\(smoke-test:[0-9][0-9]*\)".*/\1/p')
[ -n "$model" ] || { echo "The run registered no model: $run" >&2; exit 1; }
xray models promote "$model" --reason "smoke test of a deployment"

film=$(find "$films" -type f -name '*.jp*g' | sort | head -n 1)
export XRAY_SERVER="$SERVICE_INFERENCE_URI" XRAY_API_KEY="$caller"
xray predict "$film" --model smoke-test@champion
echo "Pushed, trained, promoted and asked: $model answers at $SERVICE_INFERENCE_URI."
