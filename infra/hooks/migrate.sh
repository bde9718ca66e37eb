#!/bin/sh
# azd runs this once the migration job has its image: it runs the job and waits for its end, so that no host meets a database of another age.
set -eu
: "${AZURE_RESOURCE_GROUP:?is not set: azd provision sets it}" "${MIGRATE_JOB:?is not set: azd provision sets it}"

execution=$(az containerapp job start --name "$MIGRATE_JOB" --resource-group "$AZURE_RESOURCE_GROUP" --query name --output tsv)
echo "Migrating: $execution"
waited=0
while [ "$waited" -lt 1800 ]; do
  state=$(az containerapp job execution show --name "$MIGRATE_JOB" --resource-group "$AZURE_RESOURCE_GROUP" \
    --job-execution-name "$execution" --query properties.status --output tsv)
  case $state in
    Succeeded) echo "The database is up to date."; exit 0 ;;
    Failed | Stopped | Degraded)
      echo "$execution ended as $state; its log: az containerapp job logs show --name $MIGRATE_JOB --resource-group $AZURE_RESOURCE_GROUP --execution $execution --container migrate" >&2
      exit 1 ;;
  esac
  sleep 5
  waited=$((waited + 5))
done
echo "$execution has not ended after $waited s; it is $state." >&2
exit 1
