#!/bin/sh
# azd runs this before it builds the worker: on a GPU's machine a worker without CUDA would train on the processor, and the GPU be paid for nothing.
set -eu
profile=${XRAY_WORKER_PROFILE:-Consumption-GPU-NC8as-T4}
case $profile in
  *GPU*)
    if [ "${TorchBackend:-cpu}" != cuda ]; then
      echo "Workers run on $profile: export TorchBackend=cuda, or azd env set XRAY_WORKER_PROFILE Consumption and azd provision." >&2
      exit 1
    fi ;;
esac
