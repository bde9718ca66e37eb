// Trains, on a GPU if the deployment has one, and is not there at all while there is nothing to train.

import { identity, tags as tagSet } from 'shared.bicep'

param location string
param tags tagSet
param exists bool
param user identity
param environmentId string
param profile string
param registry string
param vaultUri string
param telemetry string
param database string
param blobs string
param controlPlane string
param maxReplicas int

// What the profile's machines have, all of it: a GPU is not shared.
var machines = {
  Consumption: { cpu: '4.0', memory: '8Gi' }
  'Consumption-GPU-NC8as-T4': { cpu: '8.0', memory: '56Gi' }
  'Consumption-GPU-NC24-A100': { cpu: '24.0', memory: '220Gi' }
}

module app 'container-app.bicep' = {
  params: {
    location: location
    tags: tags
    name: 'worker'
    exists: exists
    user: user
    environmentId: environmentId
    workloadProfile: profile == 'Consumption' ? 'Consumption' : 'gpu'
    registry: registry
    vaultUri: vaultUri
    telemetry: telemetry
    secrets: ['scaler-key']
    settings: [
      { name: 'ConnectionStrings__registry', value: '${database};Username=${user.name}' }
      { name: 'ConnectionStrings__blobs', value: blobs }
    ]
    cpu: machines[profile].cpu
    memory: machines[profile].memory
    minReplicas: 0
    maxReplicas: maxReplicas
    graceSeconds: 60 // a worker has 15 to stop its trainers and put their runs back on the queue
    // A replica for each unfinished run, as the registry's own API counts them, with a key that may only look. Not KEDA's postgresql scaler: it would need a
    // password, which the server does not take, since Container Apps passes no identity to that scaler (microsoft/azure-container-apps#1786). Runs under way
    // count too, or the first to be taken from the queue would end the replica that took it. Where one of several ends, any replica may have to go; the run
    // of one that goes is back on the queue at its last checkpoint, and costs an epoch at most.
    scaleRules: [
      {
        name: 'unfinished-runs'
        custom: {
          type: 'metrics-api'
          metadata: {
            url: '${controlPlane}/api/runs/count?filter=${uriComponent('state = queued or state = running')}'
            valueLocation: 'runs'
            targetValue: '1'
            authMode: 'apiKey'
            method: 'header'
            keyParamName: 'X-API-Key'
          }
          auth: [{ secretRef: 'scaler-key', triggerParameter: 'apiKey' }]
        }
      }
    ]
  }
}
